"""Who may write templates of answers: the office itself. Whoever answers feedback reads them."""

from hub.domains.answer_templates.errors import TemplateEnded
from hub.domains.answer_templates.model import AnswerTemplate
from hub.kernel.errors import Forbidden
from hub.kernel.scope import Reader, Scope
from hub.tenants.permissions import Permission


def require(scope: Scope, template: AnswerTemplate | None = None) -> None:
    """Refuse whoever may not write; nobody changes what was ended."""
    if not scope.may(Permission.WRITE_ANSWER_TEMPLATE) or scope.reader is not Reader.API or scope.villages:
        raise Forbidden
    if template is not None and template.ended_at is not None:
        raise TemplateEnded
