"""What is refused about links."""

from hub.kernel.errors import BadInput, Conflict


class LinkExists(Conflict):
    """These two are linked already."""

    code = "LINK_EXISTS"
    hint = "Nothing is left to do."


class LinkToItself(BadInput):
    """Nothing fulfils itself."""

    code = "LINK_TO_ITSELF"
    hint = "Choose another record as the far end."


class LinkEnded(Conflict):
    """This link was taken back already."""

    code = "LINK_ENDED"
    hint = "Nothing is left to do."
