"""What can be wrong with the inputs of a review. Each is one clear error: a plan that cannot be read is never clean."""

from __future__ import annotations

from holdfast.errors import InputError, StorageError

_SHOW = "write plan JSON with: terraform show -json PLANFILE > plan.json (or tofu show -json)"


class PlanNotFound(StorageError):
    """The plan file cannot be opened."""

    template = "{path} cannot be read: {reason}"
    hint = _SHOW


class PlanNotJson(InputError):
    """The file is not one well-formed JSON document."""

    template = "this is not plan JSON: {problem}"
    hint = _SHOW


class PlanTooDeep(InputError):
    """The JSON is nested deeper than any plan Terraform writes."""

    template = "this is not plan JSON: it is nested too deeply to be a plan"
    hint = _SHOW


class PlanFormatUnsupported(InputError):
    """The major version of the plan format is not the one this review understands."""

    template = "format_version is {version}; allowed: 1.x"
    hint = "use a Holdfast that knows this format; nothing was reviewed"


class PlanMalformed(InputError):
    """The document is JSON, and not shaped like a plan."""

    template = "{where}: {problem}"
    hint = _SHOW


class StacksUnreadable(InputError):
    """A folder of synthesized stacks cannot be used."""

    template = "{path}: {problem}"
    hint = "pass the folder `holdfast synth` wrote (the one that holds stacks/<name>/cdk.tf.json)"


class SuppressionInvalid(InputError):
    """An entry of the suppressions file says something that is not allowed."""

    template = "{field}: {problem} (got {value!r}; allowed: {allowed})"
    hint = (
        "each suppression has rule, address, reason, approver and expires (YYYY-MM-DD); docs/rules.md lists the rules"
    )


class ReviewTooLarge(InputError):
    """Not even the summary of the findings fits into the space allowed."""

    template = "the summary needs {needed} bytes; allowed: {allowed}"
    hint = "raise --max-bytes, or write --format html or json to a file"


class ReviewNotWritten(StorageError):
    """The file for the review cannot be written."""

    template = "{path} cannot be written: {reason}"
    hint = "choose another --output"
