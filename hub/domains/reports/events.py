"""What happens to reports."""

from hub.journal.record import Event


class ReportIssued(Event):
    """A report was taken away, on paper or as a file."""
