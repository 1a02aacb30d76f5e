"""What can go wrong with a template, each said once."""

from __future__ import annotations

from holdfast.errors import EnvironmentFileError, InputError, StorageError


class UnknownTemplate(InputError):
    """No template of that name."""

    template = "there is no template {value!r}; there are: {allowed}"
    hint = "`holdfast env templates` says what each is for"


class TemplateNotUsable(EnvironmentFileError):
    """A template says something that is not allowed, or cannot be rendered."""

    template = "the template {name!r} cannot be used: {problem}"
    hint = "docs/templates.md says what a template may hold"


class BadAnswer(InputError):
    """`--set` is not `question=answer`."""

    template = "--set {value!r} is not written as it has to be; allowed: question=answer, each question once"
    hint = "such as --set primary_region=eu-central-1"


class UnknownQuestion(InputError):
    """`--set` answers a question the template does not ask."""

    template = "the template {name!r} does not ask for {value!r}; it asks for: {allowed}"


class AnswerNotAllowed(InputError):
    """An answer is none of those allowed."""

    template = "{question}: {value!r} is not allowed; allowed: {allowed}"


class AnswersMakeNoEnvironment(InputError):
    """The rendered environment file is not valid: the answers do not go with each other."""

    template = "these answers make no valid environment, and nothing was written: {problems}"


class AnswersBreakPromises(InputError):
    """The rendered environment is valid and a proof refutes it."""

    template = "these answers make an environment that cannot keep its promises, and nothing was written: {proofs}"
    hint = "answer differently; docs/environments.md says how rules meet objectives"


class AlreadyThere(InputError):
    """A file that would be written exists."""

    template = "already there, and never overwritten: {paths}; nothing was written"
    hint = "choose another name; for an environment made from a template, `holdfast env new {name} --update`"


class OutsideTheRoot(InputError):
    """The environment files lie outside the folder the pipelines belong to."""

    template = "the environments folder {folder} is not below {root}; allowed: a folder below --root"
    hint = "name the top of the repository with --root"


class NotFromATemplate(InputError):
    """There is no record of how an environment was made."""

    template = "{environment!r} was not made from a template: there is no {path}"
    hint = "only what `holdfast env new` made can be updated; made by it: {allowed}"


class RecordNotUsable(EnvironmentFileError):
    """The record of how an environment was made cannot be read."""

    template = "this is no record of a template that can be used: {problem}"
    hint = "take it from version control again"


class CannotWriteEnvironment(StorageError):
    """A file cannot be written; what had been written is taken back."""

    template = "cannot write {path}: {reason}; nothing was changed"
    hint = "free some space, or look at who may write there"
