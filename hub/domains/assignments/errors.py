"""What is refused about assignments."""

from hub.kernel.errors import Conflict


class AssignmentStepClosed(Conflict):
    """An assignment that is {state} cannot take this step."""

    code = "ASSIGNMENT_STEP_CLOSED"
    hint = "Read it again; `allowedActions` lists the steps that are open now."


class StepOfAnotherKind(Conflict):
    """This step is not for this kind of assignment."""

    code = "ASSIGNMENT_OF_ANOTHER_KIND"
    hint = "Feedback is answered or handed back, an action plan is reviewed; `allowedActions` lists the steps."


class ActOnTheWay(Conflict):
    """The same step is still on its way to the kecamatan."""

    code = "ACT_ON_THE_WAY"
    hint = "Wait a few seconds and read the assignment again; `acts` says what came of it."
