"""Jinja2 as the pages use it: autoescape, strict, and without a wrapper around every value.

In: templates. Out: the same text as Jinja2's own `Environment` gives, with two differences in the
code that it compiles. `{{ value }}` does not become a `Markup` object only to be joined at once:
that was half of the time of a page with some eighty values. And a dot is an attribute, never a key
(`round.name`, but `round["name"]`), so that each need not be tried. Never leaves anything unescaped
that Jinja2 would escape.
"""

from __future__ import annotations

from collections.abc import Mapping
from keyword import iskeyword
from typing import Any

from jinja2 import Environment, Template, nodes
from jinja2.compiler import CodeGenerator, Frame
from markupsafe import Markup, _escape_inner, escape


class _PlainOutput(CodeGenerator):
    """Writes `escaped_text(value)`, or `escaped(value)` of another type than text, where Jinja2
    writes `escape(value)`; and `value.name` where it writes `environment.getattr(value, "name")`.
    """

    def write_commons(self) -> None:
        super().write_commons()
        self.writeline("escaped_text = environment.escaped_text")
        self.writeline("escaped = environment.escaped")

    def _output_child_pre(self, node: nodes.Expr, frame: Frame, finalize: Any) -> None:
        if _is_plain(frame, finalize):
            self.write("(escaped_text(value) if type(value := ")
        else:
            super()._output_child_pre(node, frame, finalize)

    def _output_child_post(self, node: nodes.Expr, frame: Frame, finalize: Any) -> None:
        if _is_plain(frame, finalize):
            self.write(") is str else escaped(value))")
        else:
            super()._output_child_post(node, frame, finalize)

    def visit_Getattr(self, node: nodes.Getattr, frame: Frame) -> None:  # noqa: N802 - Jinja2's name
        if iskeyword(node.attr):
            super().visit_Getattr(node, frame)
            return
        self.write("(")
        self.visit(node.node, frame)
        self.write(f").{node.attr}")


def _is_plain(frame: Frame, finalize: Any) -> bool:
    return bool(frame.eval_ctx.autoescape and not frame.eval_ctx.volatile and not finalize.src)


class PageEnvironment(Environment):
    """An `Environment` whose output values are plain strings."""

    code_generator_class = _PlainOutput
    escaped_text = staticmethod(_escape_inner)

    @staticmethod
    def escaped(value: Any) -> str:
        """The value as HTML text: `markupsafe.escape`, without a `Markup` where none is needed."""
        return value if type(value) is Markup else str(escape(value))


class KeptTemplate:
    """A template with the context that its renderings share, one after the other: making a context
    is half of the time of a short page. Not for several threads, nor for one inside itself."""

    def __init__(self, template: Template) -> None:
        self._template = template
        self._globals = dict(template.globals)
        self._context = template.new_context()

    def render(self, values: Mapping[str, Any]) -> str:
        """What `Template.render` gives."""
        context = self._context
        context.parent = {**self._globals, **values}
        context.vars.clear()
        context.exported_vars.clear()
        try:
            return "".join(self._template.root_render_func(context))
        except Exception:  # noqa: BLE001 - raised again, with the line of the template
            self._template.environment.handle_exception()
