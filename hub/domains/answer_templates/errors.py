"""What is refused about templates of answers."""

from hub.kernel.errors import BadInput, Conflict


class PlaceUnknown(BadInput):
    """This text has a place that nothing fills: {place}."""

    code = "PLACE_UNKNOWN"
    hint = "Use {places} only, and write no other braces."


class TemplateEnded(Conflict):
    """This template was ended."""

    code = "TEMPLATE_ENDED"
    hint = "Write a new one, or choose another."
