"""What is refused about files."""

from hub.kernel.errors import BadInput, Conflict, HubError, Limited, NotFound


class FileNameMissing(BadInput):
    """The file has no name."""

    code = "FILE_NAME_MISSING"
    hint = "Send `Upload-Metadata: filename` with the name in Base64."


class FileEmpty(BadInput):
    """The file is empty."""

    code = "FILE_EMPTY"
    hint = "Send `Upload-Length` with the number of bytes of the file, at least 1."


class UploadTooLarge(Limited):
    """The file has {bytes} bytes; {allowed} are allowed."""

    code = "UPLOAD_TOO_LARGE"
    hint = "Make the file smaller, for example with fewer or smaller pictures, or send it in parts."
    status = 413


class TooManyUploads(Limited):
    """There are already {most} uploads of yours that have not ended."""

    code = "TOO_MANY_UPLOADS"
    hint = "Finish one of them or end it with DELETE; those that are left alone end by themselves."
    status = 429


class StorageFull(Limited):
    """The kecamatan has no room left for files: {allowed} megabytes are taken."""

    code = "STORAGE_FULL"
    hint = "End files that are not needed any more, or ask the operator for more room."
    status = 413


class UploadExpired(NotFound):
    """This upload has ended."""

    code = "UPLOAD_EXPIRED"
    hint = "Begin a new upload."
    status = 410


class UploadLost(NotFound):
    """What had come of this upload is not there any more."""

    code = "UPLOAD_LOST"
    hint = "Begin a new upload."
    status = 410


class OffsetWrong(Conflict):
    """The hub has {received} bytes of this upload."""

    code = "OFFSET_WRONG"
    hint = "Go on from there: ask with HEAD and send the header `Upload-Offset` as it answers."


class UploadBusy(Conflict):
    """Another request is sending to this upload at this moment."""

    code = "UPLOAD_BUSY"
    hint = "Wait until it has ended, then ask with HEAD how much has come."
    status = 423


class ContentRefused(HubError):
    """This content is not accepted."""

    code = "CONTENT_REFUSED"
    hint = "Send another file."
    status = 422


class KindUnknown(ContentRefused):
    """The content is of no kind that the hub keeps."""

    code = "FILE_KIND_UNKNOWN"
    hint = "Send PDF, JPEG, PNG, WebP, XLSX, DOCX, CSV or plain text in UTF-8; photos of an iPhone as JPEG."


class ContentDamaged(ContentRefused):
    """The file is damaged or was cut."""

    code = "FILE_CONTENT_DAMAGED"
    hint = "Open the file on your machine, save it again and send it once more."


class PictureTooLarge(ContentRefused):
    """The picture has more than 40 megapixels."""

    code = "PICTURE_TOO_LARGE"
    hint = "Make the picture smaller and send it again."


class ArchiveSuspicious(ContentRefused):
    """The document unpacks to far more than such a document holds."""

    code = "FILE_UNPACKS_TOO_LARGE"
    hint = "Open it, save it under a new name and send that one; split it if it is really so large."


class HasMacros(ContentRefused):
    """The document holds macros or is protected by a password."""

    code = "FILE_HAS_MACROS"
    hint = "Save it as .xlsx or .docx without macros and without a password."


class NotAWorkbook(ContentRefused):
    """Only a workbook may be so large, and this is none."""

    code = "FILE_NOT_A_WORKBOOK"
    hint = "Send an .xlsx workbook, or a smaller file."


class NotForFeedback(ContentRefused):
    """Feedback takes pictures and PDF documents."""

    code = "FILE_NOT_FOR_FEEDBACK"
    hint = "Send JPEG, PNG or WebP, or make a PDF of it."


class FileHasNoContent(Conflict):
    """This file was refused or has ended; there is nothing to open."""

    code = "FILE_HAS_NO_CONTENT"
    hint = "Upload the file again."


class FileEnded(Conflict):
    """This file has already ended."""

    code = "FILE_ENDED"
    hint = "Nothing is left to do."


class LinkGone(NotFound):
    """This link does not open a file, or not any more."""

    code = "LINK_GONE"
    hint = "A link opens its file once and within five minutes. Ask for a new one with `fileLink`."
