"""What makes a village's sending unusable as a whole."""

from hub.integrations.opensid.errors import FileRefused
from hub.kernel.errors import BadInput


class ZipNeeded(FileRefused):
    """What came is not a ZIP file."""

    code = "PUSH_NOT_A_ZIP"
    hint = "Send it again from OpenSID; the file may have been damaged on its way."


class ZipSuspicious(FileRefused):
    """The ZIP file is built in a way OpenSID does not build it: {reason}."""

    code = "PUSH_ZIP_SUSPICIOUS"
    hint = "Send it again from OpenSID; if it is refused again, tell the kecamatan."


class WorkbookMissing(FileRefused):
    """The ZIP file holds no single workbook (.xlsx)."""

    code = "PUSH_WORKBOOK_MISSING"
    hint = "Update OpenSID and send again."


class ColumnsMissing(FileRefused):
    """The workbook lacks columns: {columns}."""

    code = "PUSH_COLUMNS_MISSING"
    hint = "Update OpenSID and send again."


class OtherVillage(FileRefused):
    """Row {row} belongs to another village than the key; nothing was stored."""

    code = "PUSH_OTHER_VILLAGE"
    hint = "Check the village's code in OpenSID (Identitas Desa), or ask the kecamatan for the right key."


class PushMalformed(BadInput):
    """What came is not what OpenSID sends here: {problem}"""

    code = "PUSH_MALFORMED"
    hint = "Send it again from OpenSID."


class PushTooLarge(BadInput):
    """What came is larger than {limit} MB."""

    code = "PUSH_TOO_LARGE"
    hint = "In OpenSID 2410 and older remove photos; newer ones send none."
    status = 413


class PushCut(BadInput):
    """The sending broke off; nothing was stored."""

    code = "PUSH_CUT"
    hint = "Send it again."
    status = 408


class Busy(BadInput):
    """The hub is still busy with an earlier file, of this village or of others."""

    code = "PUSH_BUSY"
    hint = "Send it again in a few minutes."
