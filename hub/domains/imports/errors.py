"""What an import refuses as a whole."""

from hub.kernel.errors import Conflict, NotFound


class ImportRunning(Conflict):
    """Another import into this village is running."""

    code = "IMPORT_RUNNING"
    hint = "Wait until it has finished, then import this file."


class ImportOvertaken(Conflict):
    """This import was continued or ended by another process."""

    code = "IMPORT_OVERTAKEN"
    hint = "Run the import of this file again; nothing is doubled."


class VillageNotHere(NotFound):
    """There is no village {code} in this kecamatan, or it is not yours."""

    code = "VILLAGE_NOT_HERE"
    hint = "Check the code (for example 63.01.01.2009); `hub village list {kecamatan}` shows those of the kecamatan."
