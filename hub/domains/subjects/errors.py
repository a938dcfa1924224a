"""Why nothing can be told to a person."""

from hub.kernel.errors import NotFound


class NobodyHere(NotFound):
    """The hub holds nobody by this id or NIK in this kecamatan."""

    code = "SUBJECT_NOT_HERE"
    hint = "Check the id or the number, and whether the person is registered in another kecamatan."
