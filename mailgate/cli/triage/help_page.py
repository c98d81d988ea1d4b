"""What the walk says of itself, in the language of the run: the page behind "?", and the one where no page is left."""

from __future__ import annotations

from gettext import gettext as _


def help_page() -> str:
    """What each key does, in at most 79 columns."""
    return _(
        """\
One key is one decision; the last line says which keys there are. Everywhere:

  up down pgup pgdn   read; with a list: up and down move in it, space ticks
  n p                 next, previous finding       tab  next comment
  e                   write the text anew, here    E    the same in $EDITOR
  t                   take the case, or give it back
  s                   pass by                      w    from the top again
  u                   undo the last decision, while its mails wait
  q                   leave: what waits to be sent leaves by itself
  ?                   this page, and back

⟦…⟧ may identify somebody. a redacts what is open, and approves; x redacts the
one under the cursor ⟦-…⟧, k keeps it ⟦=…⟧, and the last of a text approves that.
What you typed in the editor is never lost: it is offered again. A key that was
pressed before its page was there decides nothing."""
    )


def without_a_page(*, something_waits: bool) -> str:
    """That nothing is left; or, while something waits, that it could not be shown."""
    if something_waits:
        return _("w looks again. q leaves.")
    return _("Nothing else waits.\n\nw walks from the top again, with what you passed by. q leaves.")
