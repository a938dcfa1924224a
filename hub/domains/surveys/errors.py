"""What is refused about surveys."""

from hub.kernel.errors import BadInput, Conflict


class SurveyStep(Conflict):
    """A survey that is {state} cannot take this step."""

    code = "SURVEY_STEP"
    hint = "Read the survey again; `allowedActions` lists the steps that are open now."


class SurveyNotRunning(Conflict):
    """This survey takes answers from {since} to {until}."""

    code = "SURVEY_NOT_RUNNING"
    hint = "Answer within these days."


class PeriodOutOfOrder(BadInput):
    """The first day of a survey lies behind its last."""

    code = "PERIOD_OUT_OF_ORDER"
    hint = "Correct `fromOn` or `untilOn`."


class SurveyStillOpen(BadInput):
    """An old survey that is recorded has ended already."""

    code = "SURVEY_STILL_OPEN"
    hint = "Open a survey of nine elements instead; the fourteen of 2004 are kept for reading only."


class ElementsIncomplete(BadInput):
    """Every element of the survey is answered once; missing or twice: {elements}."""

    code = "ELEMENTS_INCOMPLETE"
    hint = "Give each element a score from 1 to 4; a service that costs nothing gets a 4 for COST."


class ScoreOutOfRange(BadInput):
    """A score is 1, 2, 3 or 4."""

    code = "SCORE_OUT_OF_RANGE"
    hint = "1 is the worst and 4 the best answer."


class CodeNeeded(BadInput):
    """This survey is answered with a code only."""

    code = "SURVEY_CODE_NEEDED"
    hint = "Give the `code` that the kecamatan handed out."


class CodeUnknown(Conflict):
    """This code does not open this survey, or has been used already."""

    code = "SURVEY_CODE_UNKNOWN"
    hint = "Copy the code exactly; each answers once."


class RecordInvited(Conflict):
    """There is already a code for this record in this survey."""

    code = "RECORD_INVITED"
    hint = "One record gives one answer."
