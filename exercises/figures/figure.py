"""Draw a posed body as layers from far to near, with seams, creases and the highlight.

The usual order is far arm, far leg, the trunk with the legs at its depth as one trouser shape, the
shirt, the highlight, the near arm, the neck and the head, sorted by the depth of joints.
`DrawingOrder` holds these choices, so that all moments of a loop can share them: otherwise parts
would jump during the loop.
"""

import itertools
import math
from dataclasses import dataclass, field

from .body import SLICES, back_at, finger_lines, skirt, spine_at, trunk, volumes
from .field import CELL, Field, fuse
from .geometry import between, dot, offset, subtract, unit
from .head import head_layers, knot
from .layers import Layer
from .outline import loops
from .shapes import Bounds, Camera, FlatCone
from .skeleton import Skeleton
from .style import ACCENT, ACCENT_TINT, COLOURS, HALF_OUTLINE, INK, OUTLINE, Person

FINE = CELL * 0.62  # hands, feet and arms have small radii
# The radius with which a concave corner is rounded, by joint, in body heights.
AT_ANKLE, AT_KNEE, AT_ELBOW, AT_WRIST, AT_HIP, BETWEEN_LEGS, IN_TRUNK = (
    0.014,
    0.024,
    0.016,
    0.012,
    0.026,
    0.016,
    0.022,
)
# The margin of a field around its part, within which it can be fused with another part.
AROUND, AROUND_SMALL = 0.035, 0.018
SHORTEST_CREASE = 0.045
# Lines between fingers: the cosine of the turn of the hand from which they are drawn, their least
# length and their width.
FINGERS_SHOWN, SHORTEST_FINGER, FINGER_LINE = 0.4, 0.012, 0.0042
HEM = 1.3  # the lower edge of the shirt, as a position on the spine
SKIRT_LENGTH = 0.90  # share of the thigh
ALONG_SPINE = 0.86  # from this cosine the camera looks along the spine, and the hem is not a line
HEAD_ON = 0.6  # from this cosine the head is in front, and the chest hides the thighs
# The limbs that a ghost shows, on both sides. "hips" includes the pelvis.
WHOLE = "whole"
GHOST_PARTS = {WHOLE: (), "hips": ("thigh",), "legs": ("thigh", "shank")}
WAIST = 1.4  # the upper end of the pelvis, as a position on the spine
MOVING_BACK = (0.1, 8.0)  # the positions on the spine between which the highlight is drawn
HIGHLIGHT_RADIUS, HIGHLIGHT_LINE = 0.036, 0.0135


@dataclass
class DrawingOrder:
    """Which parts of the body are drawn in front of others."""

    far: str = ""  # the side that is darker because it is farther away
    order: list = field(default_factory=list)  # (kind, side), far to near
    level_legs: list = field(default_factory=list)  # sides in the trouser shape, far to near
    crossing: str = ""  # a leg that crosses over the other, drawn as its own shape
    in_front: dict = field(default_factory=dict)  # side: whether its thigh is before the trunk


class Body:
    """The solids of one posed person, and their images in the plane of the camera."""

    def __init__(self, skeleton: Skeleton, camera: Camera, person: Person, *, cell=CELL):
        self.skeleton, self.camera, self.person, self.cell = skeleton, camera, person, cell
        self.solids = volumes(skeleton, person.build)
        hair = knot(skeleton, person.hair)
        if hair:
            self.solids["knot"] = hair
        self.trunk_solids = trunk(skeleton, person.build)
        self.shapes = self._seen(self.solids)
        self.trunk_shapes = self._seen(self.trunk_solids)

    def _seen(self, parts: dict) -> dict:
        return {
            name: [solid.seen_by(self.camera) for solid in solids] for name, solids in parts.items()
        }

    def all_shapes(self):
        for shapes in (*self.shapes.values(), *self.trunk_shapes.values()):
            yield from shapes

    def bounds(self) -> Bounds:
        return Bounds.around([p for shape in self.all_shapes() for p in shape.bounds.corners()])

    def lowest(self) -> float:
        """The height of the lowest point of the body."""
        groups = (*self.solids.values(), *self.trunk_solids.values())
        return min(solid.lowest() for solids in groups for solid in solids)

    def shapes_of(self, parts: str) -> list:
        """The flat shapes of the parts under this name in GHOST_PARTS."""
        if parts == WHOLE:
            return list(self.all_shapes())
        shapes = [
            shape
            for bone in GHOST_PARTS[parts]
            for side in "lr"
            for shape in self.shapes[f"{bone}_{side}"]
        ]
        return shapes + self._pelvis() if parts == "hips" else shapes

    def _pelvis(self) -> list:
        shapes = self.trunk_shapes
        slices = zip(shapes["slices"], SLICES, strict=True)
        below_waist = [shape for shape, position in slices if position < WAIST]
        return below_waist + shapes["buttocks"] + shapes["groin"]


def silhouette(shapes: list, cell: float = CELL) -> Field:
    return Field.of(shapes, blend=0.006, cell=cell)


class DrawnFigure(Body):
    """A body, drawn as layers from far to near."""

    def __init__(self, skeleton: Skeleton, camera: Camera, person: Person, *, cell=CELL, plan=None):
        super().__init__(skeleton, camera, person, cell=cell)
        self.fine = cell * FINE / CELL
        self.bare_legs = person.clothes != "trousers"
        self.fields: dict[str, Field] = {}
        self.trunk = Field.blended(list(self.trunk_shapes.values()), IN_TRUNK, cell)
        self.planned = plan is not None
        self.plan = plan or DrawingOrder(far=self._far_side())
        if not self.planned:
            self._plan_order()
        self.layers: list[Layer] = []
        draw = {"arm": self._arm, "leg": self._far_leg, "body": self._body}
        draw |= {"neck": self._neck, "head": self._head}
        for kind, side in self.plan.order:
            draw[kind](side)

    def layers_with(self, highlight: str | None) -> list[Layer]:
        """All layers. With a `highlight` a coloured band is drawn over the shirt."""
        if highlight is None:
            return self.layers
        place = next(i for i, layer in enumerate(self.layers) if layer.name == "shirt") + 1
        return self.layers[:place] + self._highlight() + self.layers[place:]

    # --- the plan ---------------------------------------------------------------------------------

    def _depth(self, *joints: str) -> float:
        return sum(self.camera.depth(self.skeleton.joints[j]) for j in joints) / len(joints)

    def _far_side(self) -> str:
        if self._head_on():
            return ""
        apart = self._depth("hip_l") - self._depth("hip_r")
        return "l" if apart > 0.05 else "r" if apart < -0.05 else ""

    def _head_on(self) -> bool:
        """Whether the camera sees the crown and the chest, with the hips behind them."""
        return dot(self.skeleton.frames["chest"][2], self.camera.away) < -HEAD_ON

    def _plan_order(self) -> None:
        pelvis, chest, head = self._depth("pelvis"), self._depth("chest"), self._depth("head")
        middle = max(pelvis, chest)
        parts = [(pelvis, "body", "")]
        for side in "lr":
            leg = self._depth(f"hip_{side}", f"hip_{side}", f"knee_{side}")
            if side == self.plan.far:
                parts.append((max(leg, pelvis) + 0.01, "leg", side))
            elif leg > pelvis + 0.20:
                parts.append((leg, "leg", side))
            else:
                self.plan.level_legs.append(side)
            parts.append((self._arm_depth(side, pelvis, chest), "arm", side))
        self.plan.level_legs.sort(key=lambda side: -self._depth(f"hip_{side}", f"knee_{side}"))
        nape = self.skeleton.spine[-1][0]
        facing_away = dot(unit(subtract(self.skeleton.joints["head"], nape)), self.camera.away)
        parts.append((middle + 0.002, "neck", ""))
        if facing_away > 0.75:
            parts.append((max(middle, head) + 0.003, "head", ""))
        else:
            parts.append((min(head, middle + 0.0015), "head", ""))
        parts.sort(key=lambda part: -part[0])
        self.plan.order = [(kind, side) for _, kind, side in parts]

    def _arm_depth(self, side: str, pelvis: float, chest: float) -> float:
        arm = self._depth(f"shoulder_{side}", f"elbow_{side}")
        shoulder, elbow = self._depth(f"shoulder_{side}"), self._depth(f"elbow_{side}")
        if side == self.plan.far and shoulder > chest + 0.03:
            return max(arm, pelvis + 0.005)
        if shoulder < chest + 0.05 and elbow < chest + 0.10:
            return min(arm, min(pelvis, chest) - 0.01)
        return arm

    # --- parts ------------------------------------------------------------------------------------

    def _colour(self, name: str, side: str = "") -> str:
        return COLOURS[f"{name}_far" if side and side == self.plan.far else name]

    def _field(self, name: str) -> Field:
        if name not in self.fields:
            part = name.rpartition("_")[0] or name
            blend = {"foot": 0.012, "hand": 0.006}.get(part, 0.0)
            small = part in ("hand", "upper_arm", "forearm", "neck")
            small = small or (part == "foot" and not self.bare_legs)
            self.fields[name] = Field.of(
                self.shapes[name],
                blend=blend,
                margin=AROUND_SMALL if small else AROUND,
                cell=self.fine if small else self.cell,
            )
        return self.fields[name]

    def _neck(self, _side: str) -> None:
        self.layers.append(Layer("neck", COLOURS["skin"], self._field("neck")))

    def _head(self, _side: str) -> None:
        self.layers += head_layers(self.skeleton, self.camera, self.shapes, self.person)

    def _foot(self, side: str) -> None:
        """Draw the foot under a trouser leg. The shape of a bare leg includes its foot."""
        if self.bare_legs:
            return
        name = f"foot_{side}"
        self.layers.append(Layer(name, self._colour("skin", side), self._field(name)))

    def _leg_fields(self, side: str):
        thigh, shank = self._field(f"thigh_{side}"), self._field(f"shank_{side}")
        if self.bare_legs:
            shank = fuse(shank, self._field(f"foot_{side}"), AT_ANKLE)
        return thigh, shank, fuse(thigh, shank, AT_KNEE)

    def _far_leg(self, side: str) -> None:
        thigh, shank, leg = self._leg_fields(side)
        self._foot(side)
        self.layers.append(Layer(f"leg_{side}", self._colour(self._legwear(), side), leg))
        self._crease(f"knee_{side}", shank, thigh, f"knee_{side}", 0.068)
        self._bare(side, shank)

    def _legwear(self) -> str:
        """The colour of the whole leg, over which shorts and skirts are drawn."""
        return "skin" if self.person.clothes == "skirt" else "trousers"

    def _bare(self, side: str, shank: Field) -> None:
        """With shorts, draw the leg in the colour of skin from above the knee."""
        if self.person.clothes != "shorts":
            return
        joints = self.skeleton.joints
        hip, knee = joints[f"hip_{side}"], joints[f"knee_{side}"]
        above = self._beyond(between(hip, knee, 0.72), subtract(knee, hip))
        skin = shank.copy()
        if above:
            thigh = self._field(f"thigh_{side}").copy().keep(lambda x, y: -above(x, y))
            skin = fuse(shank, thigh, AT_KNEE)
        self.layers.append(Layer(f"bare_{side}", self._colour("skin", side), skin))

    def _beyond(self, point, direction):
        """A function of (x, y), positive past `point` in this direction; None when seen end on."""
        x0, y0 = self.camera.flat(point)
        x, y = self.camera.flat(unit(direction))
        size = math.hypot(x, y)
        if size < 0.15:
            return None
        return lambda px, py: ((px - x0) * x + (py - y0) * y) / size

    def _arm(self, side: str) -> None:
        joints = self.skeleton.joints
        upper, lower, hand = (self._field(f"{p}_{side}") for p in ("upper_arm", "forearm", "hand"))
        arm = fuse(fuse(upper, lower, AT_ELBOW), hand, AT_WRIST)
        # An arm in front of the shirt is near, even on the side whose hip is farther away.
        in_front = "shirt" in self.fields
        tone = "" if in_front else side
        self.layers.append(Layer(f"arm_{side}", self._colour("skin", tone), arm))
        self._fingers(side)
        self._crease(f"elbow_{side}", lower, upper, f"elbow_{side}", 0.040)
        shoulder, elbow, wrist = (joints[f"{j}_{side}"] for j in ("shoulder", "elbow", "wrist"))
        sleeve = Field.of(
            self.shapes[f"upper_arm_{side}"], grow=0.0028, cell=self.fine, margin=0.02
        )
        past_hem = self._beyond(between(shoulder, elbow, 0.58), subtract(elbow, shoulder))
        if past_hem:
            sleeve.keep(past_hem)
        depth = self.camera.depth
        if depth(between(elbow, wrist, 0.5)) < depth(between(shoulder, elbow, 0.5)) - 0.02:
            # A deeply bent elbow brings the forearm in front of the sleeve.
            sleeve.keep(lambda x, y: -min(lower.at(x, y), hand.at(x, y)))
        self.fields[f"sleeve_{side}"] = sleeve
        self.layers.append(Layer(f"sleeve_{side}", self._colour("shirt", tone), sleeve))
        if in_front:
            joint = f"shoulder_{side}"
            self._seam(joint, sleeve, self.fields["shirt"], joint, 0.050, COLOURS["shirt"])

    def _fingers(self, side: str) -> None:
        """Draw lines between the fingers, if the back of the hand or the palm is seen."""
        frame = self.skeleton.frames[f"hand_{side}"]
        if abs(dot(frame[0], self.camera.away)) < FINGERS_SHOWN:
            return
        for number, ends in enumerate(finger_lines(self.skeleton, side)):
            start, end = map(self.camera.flat, ends)
            if math.dist(start, end) > SHORTEST_FINGER:
                line = [start, between(start, end, 0.5), end]
                pen = (INK, FINGER_LINE)
                self.layers.append(Layer(f"finger_{side}_{number}", line=line, pen=pen))

    def _body(self, _side: str) -> None:
        """Draw trunk and level legs as one trouser shape, its creases, and the shirt over it."""
        plan, legs, shape = self.plan, {}, self.trunk
        for side in plan.level_legs:
            legs[side] = self._leg_fields(side)
            shape = fuse(shape, legs[side][2], BETWEEN_LEGS if len(legs) == 2 else AT_HIP)
        if len(legs) == 2:
            first, second = plan.level_legs
            if not self.planned and self._overlap(legs[first][2], legs[second][2]) > 0.0025:
                plan.crossing = second
            if plan.crossing:
                shape = fuse(self.trunk, legs[first][2], AT_HIP)
        for side in legs:
            if side != plan.crossing:
                self._foot(side)
        self.layers.append(Layer("body", COLOURS[self._legwear()], shape))
        behind = None
        for side in legs:
            behind = self._leg_in_body(side, legs, behind)
        if plan.crossing:
            self._crossing_leg(plan.crossing, *legs[plan.crossing])
        if self.person.clothes == "skirt":
            self._skirt()
        self._shirt(legs)

    def _leg_in_body(self, side: str, legs: dict, behind: str | None) -> str | None:
        plan = self.plan
        thigh, shank, leg = legs[side]
        if side == plan.crossing:
            plan.in_front[side] = True
            return None
        self._crease(f"knee_{side}", shank, thigh, f"knee_{side}", 0.068)
        if behind:
            between_legs = legs[behind][2]
            self._crease("legs", leg, between_legs, f"hip_{side}", 0.060, inside=0.0008)
        if not self.planned:
            plan.in_front[side] = self._thigh_in_front(side)
        if plan.in_front[side]:
            self._crease(f"hip_{side}", thigh, self.trunk, f"hip_{side}", 0.098)
        else:
            self._crease(f"buttock_{side}", self.trunk, thigh, f"hip_{side}", 0.080)
        self._bare(side, shank)
        return side

    def _thigh_in_front(self, side: str) -> bool:
        knee, frames = self._depth(f"knee_{side}"), self.skeleton.frames
        if self._head_on():
            return knee < self._depth("chest") - 0.02
        from_the_side = abs(dot(frames["pelvis"][1], self.camera.away)) > 0.5
        nearer = knee < self._depth("pelvis") - 0.02
        return nearer or (side != self.plan.far and from_the_side)

    def _crossing_leg(self, side: str, thigh: Field, shank: Field, leg: Field) -> None:
        self._foot(side)
        fill = COLOURS[self._legwear()]
        self.layers.append(Layer(f"leg_{side}", fill, leg))
        self._seam(f"hip_{side}", leg, self.trunk, f"hip_{side}", 0.104, fill)
        self._crease(f"knee_{side}", shank, thigh, f"knee_{side}", 0.068)
        self._bare(side, shank)

    def _skirt(self) -> None:
        """An A-line from the waist to just above the knees, spread over both thighs."""
        cloth = Field.of(
            [solid.seen_by(self.camera) for solid in skirt(self.skeleton, self.person.build)],
            blend=0.02,
            cell=self.cell,
            margin=0.03,
        )
        joints = self.skeleton.joints
        hips = between(joints["hip_l"], joints["hip_r"], 0.5)
        knees = between(joints["knee_l"], joints["knee_r"], 0.5)
        past_hem = self._beyond(between(hips, knees, SKIRT_LENGTH), subtract(knees, hips))
        self.fields["skirt"] = fuse(self.trunk, cloth, AT_HIP)
        if past_hem:
            self.fields["skirt"].keep(past_hem)
        self.fields["lap"] = cloth
        self.layers.append(Layer("skirt", COLOURS["trousers"], self.fields["skirt"]))

    def _overlap(self, a: Field, b: Field) -> float:
        """The area where two legs cover each other, away from the hips."""
        x0, y0 = self.camera.flat(self.skeleton.joints["pelvis"])
        crossed = sum(
            math.hypot(x - x0, y - y0) > 0.10 and b.at(x, y) < -0.004 for x, y in a.inside(every=2)
        )
        return crossed * (2 * a.cell) ** 2

    def _shirt(self, legs: dict) -> None:
        shapes = self.trunk_shapes
        along = dot(spine_at(self.skeleton, 1)[1][2], self.camera.away)
        shirt = self.trunk.copy()
        if along > ALONG_SPINE:  # from the feet: the pelvis is in front of the shirt
            hips = [
                s for s, position in zip(shapes["slices"], SLICES, strict=True) if position < WAIST
            ]
            pelvis = Field.blended([hips, shapes["buttocks"], shapes["groin"]], IN_TRUNK, self.cell)
            shirt.keep(lambda x, y: -pelvis.at(x, y))
        elif along < -ALONG_SPINE:  # from the head: the shirt is in front of the pelvis
            chest = [
                s for s, position in zip(shapes["slices"], SLICES, strict=True) if position > 1
            ]
            shirt = Field.blended([chest, shapes["shoulders"]], IN_TRUNK, self.cell)
        else:
            below_hem = self._hem()
            if below_hem:
                shirt.keep(below_hem)
        for side, (_, _, leg) in legs.items():
            if self.plan.in_front[side]:
                over = self.fields.get("lap", leg)
                shirt.keep(lambda x, y, over=over: -over.at(x, y))
        self.fields["shirt"] = shirt
        self.layers.append(Layer("shirt", COLOURS["shirt"], shirt))
        for side in "lr":  # hide the line between the shirt and an arm that is drawn already
            sleeve = self.fields.get(f"sleeve_{side}")
            if sleeve and side != self.plan.far:
                joint = f"shoulder_{side}"
                self._seam(joint, self.trunk, sleeve, joint, 0.060, COLOURS["shirt"])

    def _hem(self):
        """A function of (x, y), positive below the shirt; None when seen along the spine.

        Seen from above or below, the hem is slightly curved.
        """
        point, frame = spine_at(self.skeleton, HEM)
        x0, y0 = self.camera.flat(offset(point, frame, forward=0.02))
        x, y = self.camera.flat(frame[2])
        size = math.hypot(x, y)
        if size < 0.25:
            return None
        bow = 0.010 * dot(frame[2], self.camera.away)

        def below(px, py):
            up = ((px - x0) * x + (py - y0) * y) / size
            across = ((py - y0) * x - (px - x0) * y) / size
            return -(up + bow - 2.2 * bow * (1 - (across / 0.09) ** 2)) * size

        return below

    # --- lines ------------------------------------------------------------------------------------

    def _crease(self, name, near: Field, far: Field, joint, radius, inside=OUTLINE * 0.6) -> None:
        """Draw the outline of the near part where it is inside the far one, away from the joint."""
        x0, y0 = self.camera.flat(self.skeleton.joints[joint])
        runs = []
        for loop in loops(near):
            shown = [
                far.at(x, y) < -inside and math.hypot(x - x0, y - y0) > radius for x, y in loop
            ]
            if all(shown) or not any(shown):
                continue
            start = next(i for i, on in enumerate(shown) if on and not shown[i - 1])
            run = []
            for k in range(len(loop)):
                i = (start + k) % len(loop)
                if shown[i]:
                    run.append(loop[i])
                elif run:
                    runs.append(run)
                    run = []
            if run:
                runs.append(run)
        runs = sorted((run for run in runs if len(run) > 4), key=len, reverse=True)
        for number, run in enumerate(runs[:2]):
            if sum(map(math.dist, run, run[1:])) > SHORTEST_CREASE:
                self.layers.append(Layer(f"crease_{name}_{number}", line=run))

    def _seam(self, name, edge: Field, other: Field, joint, radius, fill) -> None:
        """Hide the outline between two parts of one colour near their joint.

        A round dot ends the line of `edge` where the patch stops covering it.
        """
        x0, y0 = self.camera.flat(self.skeleton.joints[joint])
        patch = Field.of(
            [FlatCone(x0, y0, radius, x0, y0, radius)], cell=self.cell, margin=2 * self.cell
        )
        patch.keep(lambda x, y: min(edge.at(x, y), other.at(x, y)) + HALF_OUTLINE + 0.0006)
        self.layers.append(Layer(f"seam_{name}", fill, patch, pen=""))
        for loop in loops(edge):
            for a, b in zip(loop, loop[1:] + loop[:1], strict=True):
                before = math.hypot(a[0] - x0, a[1] - y0) - radius
                after = math.hypot(b[0] - x0, b[1] - y0) - radius
                if before * after < 0:
                    x, y = between(a, b, before / (before - after))
                    if other.at(x, y) < -OUTLINE:
                        dot_ = (x, y, HALF_OUTLINE * 1.12)
                        self.layers.append(Layer(f"end_{name}", INK, dot=dot_, pen=""))

    def _highlight(self) -> list[Layer]:
        """The layers of the highlight: a tinted band on the back with a line along the spine."""
        low, high = MOVING_BACK
        line = [
            self.camera.flat(back_at(self.skeleton, low + (high - low) * i / 16, depth=0.012))
            for i in range(17)
        ]
        r = HIGHLIGHT_RADIUS
        band = Field.of(
            [FlatCone(*a, r, *b, r) for a, b in itertools.pairwise(line)], cell=self.cell
        )
        band.keep(lambda x, y: self.trunk.at(x, y) + OUTLINE * 0.45)
        return [
            Layer("highlight", ACCENT_TINT, band, pen=""),
            Layer("highlight_line", line=line, pen=(ACCENT, HIGHLIGHT_LINE)),
        ]
