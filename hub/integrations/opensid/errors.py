"""What makes a whole file unusable; a fault in one row is a Problem, not an error."""

from hub.kernel.errors import BadInput


class FileRefused(BadInput):
    """The file cannot be imported."""

    code = "FILE_REFUSED"
    hint = "Send the OpenSID workbook with the sheet `Data Penduduk`, saved as .xlsx."


class FileTooLarge(FileRefused):
    """The file is larger than {limit} MB."""

    code = "FILE_TOO_LARGE"
    hint = "Remove pictures and other sheets, or split the file by hamlet (dusun)."


class NotASpreadsheet(FileRefused):
    """The file is not an Excel workbook."""

    code = "FILE_NOT_A_SPREADSHEET"
    hint = "Open the file in Excel or LibreOffice and save it as .xlsx; renaming a file does not convert it."


class OldExcelFormat(FileRefused):
    """The file is in an Excel format other than .xlsx ({format})."""

    code = "FILE_OLD_EXCEL"
    hint = "Open it in Excel or LibreOffice, choose Save As and the type Excel Workbook (.xlsx)."


class FileEncrypted(FileRefused):
    """The workbook is protected with a password."""

    code = "FILE_ENCRYPTED"
    hint = "Open it with the password, remove the password (File, Info, Protect Workbook) and save it again."


class FileDamaged(FileRefused):
    """The workbook is damaged: {part} cannot be read."""

    code = "FILE_DAMAGED"
    hint = "Open the file in Excel, let it repair the file, save it under a new name and send that."


class FileSuspicious(FileRefused):
    """The workbook is built in a way no spreadsheet program builds it: {reason}."""

    code = "FILE_SUSPICIOUS"
    hint = "Copy the rows into a fresh copy of the OpenSID template and send that."


class NoDataSheet(FileRefused):
    """No sheet of the workbook has the columns of the OpenSID template; sheets found: {sheets}."""

    code = "SHEET_MISSING"
    hint = (
        "The first row must hold the column names of the template (nik, nama, no_kk, ...) and nik must be one of them."
    )


class UnknownColumns(FileRefused):
    """The sheet {sheet} has columns that the OpenSID template does not know: {columns}."""

    code = "COLUMN_UNKNOWN"
    hint = "Rename or delete these columns. Nearest known names: {nearest}."


class RepeatedColumns(FileRefused):
    """The sheet {sheet} has the same column more than once: {columns}."""

    code = "COLUMN_REPEATED"
    hint = "Keep one of the columns of each name; which of them holds the truth only you can know."


class NikColumnMissing(FileRefused):
    """The sheet {sheet} has no column nik."""

    code = "COLUMN_NIK_MISSING"
    hint = "Add the column nik; it is the key of every row."


class TooManyRows(FileRefused):
    """The sheet has more than {limit} rows."""

    code = "FILE_TOO_MANY_ROWS"
    hint = "Split the file by hamlet (dusun) and send the parts one after another."
