"""What is refused about population documents, by name. No message carries a number or a name of a person."""

from hub.kernel.errors import BadInput, Conflict


class DocumentUnfit(BadInput):
    """This type of document does not fit whom it is recorded for."""

    code = "DOCUMENT_UNFIT"
    hint = (
        "A KK is a family's, a letter of moving or residence anybody's, every other document a person's. "
        "A death certificate is recorded after the death, and no document before the birth."
    )


class NumberIsRegisters(BadInput):
    """The number of this document is the NIK or the family card's number, which the register keeps sealed."""

    code = "NUMBER_IS_REGISTERS"
    hint = "Leave `number` out: KTP-el, KIA and KK have no other. A wrong NIK or KK number is mended in the register."


class DocumentStep(Conflict):
    """A document in status {status} does not take this step."""

    code = "DOCUMENT_STEP"
    hint = "`allowedActions` of the document says which steps are open. REPLACED comes with the newer document only."


class DocumentInForce(Conflict):
    """Another document of this type is in force."""

    code = "DOCUMENT_IN_FORCE"
    hint = "Say first what became of the one in force, or leave this one as it is."


class DocumentTakenBack(Conflict):
    """This document was taken back as wrongly recorded."""

    code = "DOCUMENT_TAKEN_BACK"
    hint = "Record it anew as it really is."


class DocumentFileUnusable(Conflict):
    """This file was refused or has ended."""

    code = "DOCUMENT_FILE_UNUSABLE"
    hint = "Upload the scan anew, or leave `file` out."
