"""Every hook is filled when the apps are ready."""

from rugpijn import hooks


def test_every_hook_is_filled():
    filled = {name: value for name, value in vars(hooks).items() if isinstance(value, hooks.Hook)}
    slots = {name: value for name, value in vars(hooks).items() if isinstance(value, hooks.Slot)}
    assert (len(filled), len(slots)) == (5, 3)
    assert not [name for name, hook in filled.items() if not list(hook)]
    assert not [name for name, slot in slots.items() if slot.value is None]


def test_no_name_stands_twice():
    for names in (
        [kind.name for kind in hooks.revocation_kinds],
        [name for name, _problem in hooks.health_problems],
    ):
        assert len(names) == len(set(names))
