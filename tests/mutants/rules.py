"""Each rule of access, and what the code would read without it.

`by` is a test that notices, tried before all others. `before` stands in its file exactly once; a
test keeps it so. A rule that is not here was not proven to be tested: add it with the rule itself.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Mutant:
    """One rule taken away. `name` says what could then happen."""

    name: str
    file: str
    before: str
    after: str
    by: str = ""


MUTANTS = (
    # ---------------------------------------------------------- patients/access.py: who sees whom
    Mutant(
        "whoever works in a practice treats its patients",
        "patients/access.py",
        "return user.is_active and user.may_treat",
        "return user.is_active",
        "tests/access/test_access.py::test_a_route[admin:patients_batch]",
    ),
    Mutant(
        "a therapist treats the patients of every practice",
        "patients/access.py",
        'return [Condition("practice", user.practice_id)] if treats(user) else []',
        'return [Condition("practice__isnull", False)] if treats(user) else []',
        "tests/access/test_access.py::test_a_route[admin:patients_batch]",
    ),
    Mutant(
        "every colleague answers for the access log",
        "patients/access.py",
        "return user.is_active and user.is_owner and user.practice_id is not None",
        "return user.is_active and user.practice_id is not None",
        "tests/access/test_access.py::test_a_route[patients:access_log]",
    ),
    Mutant(
        "an owner reads the access log of every practice",
        "patients/access.py",
        'return [Condition("practice", user.practice_id)] if answers(user) else []',
        'return [Condition("practice__isnull", False)] if answers(user) else []',
        "tests/access/test_access.py::test_a_route[patients:access_log]",
    ),
    Mutant(
        "every patient's record is one's own",
        "patients/access.py",
        'return [Condition("user", user.pk), Condition("pk__in", _acted_for(user))]',
        'return [Condition("user__isnull", False)]',
        "tests/access/test_access.py::test_a_route[patients:change_times]",
    ),
    Mutant(
        "an account that was closed still has its record",
        "patients/access.py",
        """if not user.is_active or user.pk is None:
        return []
    return [Condition("user", user.pk), Condition("pk__in", _acted_for""",
        """if user.pk is None:
        return []
    return [Condition("user", user.pk), Condition("pk__in", _acted_for""",
        "tests/access/test_access.py::test_who_may_no_longer_log_in_sees_nothing[own_record]",
    ),
    Mutant(
        "whoever is asked about is found",
        "patients/access.py",
        "row = queryset.find_visible(request.user, **lookup)",
        "row = queryset.filter(**lookup).first()",
        "tests/access/test_access.py::test_a_route[admin:patients_batch]",
    ),
    Mutant(
        "a therapist acts as the patient",
        "patients/access.py",
        "row = queryset.find_of_person(request.user, **lookup)",
        "row = queryset.find_visible(request.user, **lookup)",
        "tests/access/test_access.py::test_a_route[patients:messages]",
    ),
    Mutant(
        "a refusal is not written down",
        "patients/access.py",
        "hidden.refuse(request, queryset.filter(**lookup).first())",
        "hidden.refuse(request, None)",
        "tests/access/test_access.py::test_a_route[admin:patients_batch]",
    ),
    Mutant(
        "whoever helps takes the record along, or has it erased",
        "patients/access.py",
        "parents = user.proxies.filter(relation=ages.PARENT)",
        "parents = user.proxies.all()",
        "tests/access/test_forged.py::test_who_helps_ticks_off_and_neither_takes_along_nor_erases",
    ),
    Mutant(
        "a helper's access has no end",
        "patients/access.py",
        'return proxies.holding(timezone.localdate()).order_by().values("patient")',
        'return proxies.order_by().values("patient")',
        "tests/patients/joining/test_proxies.py",
    ),
    Mutant(
        "a therapist erases, and takes records along",
        "patients/privacy/views/office.py",
        "if not answers(request.user):",
        "if False:",
        "tests/access/test_access.py::test_a_route[admin:patients_data]",
    ),
    # ------------------------------------------------------- reports.py: what is stopped
    Mutant(
        "a red flag is over after a week",
        "patients/patient_day/reports.py",
        "answers = SymptomAnswer.objects.filter(patient__in=patients).exclude(",
        "answers = SymptomAnswer.objects.filter(patient__in=patients,"
        " day__gt=date.fromordinal(date.today().toordinal() - 7)).exclude(",
        "tests/patients/patient_day/test_in_force.py::test_a_red_flag_is_not_over_by_itself",
    ),
    Mutant(
        "a look that was put back lets the patient exercise",
        "patients/patient_day/reports.py",
        "        withdrawn_at=None,\n    )",
        "    )",
        "tests/patients/patient_day/test_in_force.py::test_a_therapists_note_ends_it_and_putting_it_back_begins_it_again",
    ),
    Mutant(
        "a red flag stops one of two programmes of the same person",
        "patients/access.py",
        "if patient.user_id == user.pk:",
        "if False:",
        "tests/patients/patient_day/test_in_force.py::test_one_person_with_two_programmes_is_stopped_in_both",
    ),
    Mutant(
        "a helper reads what was reported in another practice",
        "patients/access.py",
        'same_person = Q(**{f"{self.path}pk": patient.pk})',
        'same_person = Q(**{f"{self.path}user": patient.user_id})',
        "tests/patients/patient_day/test_in_force.py::test_a_helper_reads_nothing_of_another_practice",
    ),
    Mutant(
        "an exercise that was stopped comes back on another line",
        "patients/patient_day/reports.py",
        "if line == report.line or exercise == (report.exercise or None):",
        "if line == report.line:",
        "tests/patients/patient_day/test_stopped_exercise.py::test_the_same_exercise_on_another_line_is_stopped_too",
    ),
    Mutant(
        "a red flag leaves the session open",
        "patients/patient_day/views/today.py",
        "    if stands.red_flags:\n        audit",
        "    if False:\n        audit",
        "tests/patients/patient_day/test_in_force.py::test_a_red_flag_is_not_over_by_itself",
    ),
    # ---------------------------------------------------------- pages of patients in the admin
    Mutant(
        "lists of patients show every practice",
        "patients/admin_base.py",
        "return queryset.treated_by(request.user)",
        "return queryset",
        "tests/access/test_access.py::test_a_route[admin:patients_patient_change]",
    ),
    Mutant(
        "who treats nobody makes patients",
        "patients/admin_base.py",
        "return request.user.is_therapist and request.user.practice_id is not None",
        "return True",
        "tests/access/test_access.py::test_a_route[admin:patients_patient_add]",
    ),
    Mutant(
        "our own pages about a patient ask no permission",
        "patients/admin_base.py",
        "if not self.has_view_permission(request):",
        "if False:",
        "tests/access/test_access.py::test_a_route[admin:patients_patient_discharge]",
    ),
    Mutant(
        "our own pages find any patient by number",
        "patients/admin_base.py",
        "obj = self.get_object(request, str(object_id))",
        "obj = self.model._base_manager.filter(pk=object_id).first()",
        "tests/access/test_access.py::test_a_route[admin:patients_patient_discharge]",
    ),
    Mutant(
        "looking at a patient is not written down",
        "patients/admin_base.py",
        'audit.record(request, "read", obj.record_of, thing=obj)\n'
        "        return super().render_change_form",
        "return super().render_change_form",
        "tests/access/test_access.py::test_a_route[admin:patients_patient_add]",
    ),
    Mutant(
        "a handout for the printer is everyone's",
        "patients/models/batch.py",
        "return self.filter(treated_by(user))",
        "return self",
        "tests/access/test_access.py::test_a_route[admin:patients_batch]",
    ),
    Mutant(
        "who treats nobody asks for dosages and exercises",
        "patients/admin_base.py",
        "if not treats(request.user):",
        "if False:",
        "tests/access/test_access.py::test_a_route[admin:patients_programme_dosage]",
    ),
    Mutant(
        "an easier exercise comes from any practice",
        "patients/prescribing/views/suggestions.py",
        "exercise = pickable(request.user).filter(pk=asked).first()",
        "exercise = Exercise.objects.filter(pk=asked).first()",
        "tests/access/test_forged.py::test_a_lighter_exercise_is_looked_for_in_ones_own_library",
    ),
    # ---------------------------------------------------------- pages of patients themselves
    Mutant(
        "a therapist ticks off for the patient",
        "patients/patient_day/views/today.py",
        "return find_own(request, _programmes(), uuid=uuid)",
        "return find(request, _programmes(), uuid=uuid)",
        "tests/access/test_access.py::test_a_route[patients:programme_session]",
    ),
    Mutant(
        "a telephone sends to any record",
        "patients/patient_day/views/sync.py",
        'patients.find_of_person(request.user, uuid=message["patient"])',
        'patients.filter(uuid=message["patient"]).first()',
        "tests/access/test_access.py::test_post[patients:sync]",
    ),
    Mutant(
        "a telephone that is logged out gets a page",
        "patients/patient_day/views/sync.py",
        "    if not request.user.is_authenticated:\n        return _login_first()\n    message",
        "    message",
        "tests/access/test_access.py::test_post[patients:sync]",
    ),
    Mutant(
        "a therapist sets the patient's reminders",
        "patients/contact/views/reminders.py",
        "    programme = find_own(\n",
        "    programme = find(\n",
        "tests/access/test_access.py::test_a_route[patients:reminders]",
    ),
    Mutant(
        "a therapist writes in the patient's name",
        "patients/contact/views/thread.py",
        "    programme = find_own(\n",
        "    programme = find(\n",
        "tests/access/test_access.py::test_a_route[patients:messages]",
    ),
    Mutant(
        "any film opens under one's own programme",
        "patients/paper/views/media.py",
        "medium = serving.find(digest) if _is_shown(programme, digest) else None",
        "medium = serving.find(digest)",
        "tests/access/test_forged.py::test_a_film_of_another_programme_is_not_shown_under_ones_own_address",
    ),
    # ---------------------------------------------------------- the practice
    Mutant(
        "a page needs no login unless it asks",
        "rugpijn/settings.py",
        '    "django.contrib.auth.middleware.LoginRequiredMiddleware",\n',
        "",
        "tests/access/test_access.py::test_a_route[admin:exercises_advice_add]",
    ),
    Mutant(
        "everybody enters the admin",
        "rugpijn/models.py",
        "return self.is_therapist or self.is_owner or self.is_superuser",
        "return self.is_active",
        "tests/access/test_access.py::test_a_route[admin:app_list]",
    ),
    Mutant(
        "every role opens every part of the admin",
        "rugpijn/models.py",
        "getattr(self, role) and app_label in apps for role, apps",
        "getattr(self, role) for role, _apps",
        "tests/access/test_access.py::test_a_route[admin:app_list]",
    ),
    Mutant(
        "an owner sees other practices",
        "rugpijn/admin.py",
        "return queryset.filter(pk=request.user.practice_id)",
        "return queryset",
        "tests/access/test_access.py::test_a_route[admin:rugpijn_practice_change]",
    ),
    Mutant(
        "an owner sees the staff of others",
        "rugpijn/admin.py",
        "return people.filter(practice=request.user.practice_id)",
        "return people",
        "tests/access/test_access.py::test_a_route[admin:rugpijn_user_change]",
    ),
    Mutant(
        "an owner sees the invitations of others",
        "rugpijn/admin.py",
        "return queryset.filter(practice=request.user.practice_id)",
        "return queryset",
        "tests/access/test_access.py::test_a_route[admin:rugpijn_staffinvitation_change]",
    ),
    Mutant(
        "admin lists are not limited at all",
        "rugpijn/admin_base.py",
        "return self.scope(request, super().get_queryset(request))",
        "return super().get_queryset(request)",
        "tests/access/test_access.py::test_a_route[admin:exercises_advice_change]",
    ),
    Mutant(
        "a picker of one offers what is others'",
        "rugpijn/admin_base.py",
        '        kwargs["queryset"] = self._scoped_choices(db_field, request)\n'
        "        return super().formfield_for_foreignkey",
        "        return super().formfield_for_foreignkey",
        "tests/access/test_forged.py::test_no_picker_offers_or_takes_what_is_anothers",
    ),
    Mutant(
        "a refusal in the admin is not written down",
        "rugpijn/admin_base.py",
        "hidden.write_down(request, thing)",
        "pass",
        "tests/access/test_access.py::test_a_route[admin:exercises_advice_change]",
    ),
    Mutant(
        "a picker lists patients",
        "rugpijn/site.py",
        'if request.GET.get("field_name") != "exercise":',
        "if False:",
        "tests/access/test_access.py::test_a_picker_lists_no_patients[patient]",
    ),
    # ---------------------------------------------------------- the library
    Mutant(
        "everybody reads every practice's library",
        "exercises/models/sharing.py",
        "        rule = Q(practice__isnull=True)\n        if user",
        "        rule = ~Q(pk__in=[])\n        if user",
        "tests/access/test_access.py::test_a_route[admin:exercises_advice_change]",
    ),
    Mutant(
        "everybody changes every practice's library",
        "exercises/models/sharing.py",
        "        rule = Q(pk__in=[])\n",
        "        rule = ~Q(pk__in=[])\n",
        "tests/access/test_forged.py::test_what_all_practices_share_is_read_and_not_changed",
    ),
    Mutant(
        "an import is everyone's",
        "exercises/exchange/views.py",
        "visible = uploads.visible_to(request.user).filter(uuid=uuid).first()",
        "visible = uploads.filter(uuid=uuid).first()",
        "tests/access/test_access.py::test_a_route[admin:exercises_upload]",
    ),
    Mutant(
        "a film in the library is everyone's",
        "exercises/media/serving.py",
        "if any(rows.visible_to(request.user).exists() for rows in naming):",
        "if any(rows.exists() for rows in naming):",
        "tests/access/test_access.py::test_a_route[admin:exercises_media]",
    ),
    # ---------------------------------------------------------- the second factor, and the glass
    Mutant(
        "staff reach every address with a password alone",
        "rugpijn/login/second_factor.py",
        "if name in OPEN:",
        "if name not in ENROLMENT:",
        by="tests/rugpijn/login/test_staff_factor.py::TestEveryAddress",
    ),
    Mutant(
        "the second factor of somebody else counts",
        "rugpijn/login/second_factor.py",
        'if passed and passed["user"] == user.pk else None',
        "if passed else None",
        by="tests/rugpijn/login/test_staff_factor.py::TestEveryAddress",
    ),
    Mutant(
        "who runs the server reads in every practice",
        "patients/access.py",
        'return [Condition("practice__uuid__in", emergency_access.open_practices(user))]',
        'return [Condition("practice__isnull", False)]',
        by="tests/rugpijn/emergency_access/test_emergency_access.py",
    ),
    Mutant(
        "what was opened stays open",
        "rugpijn/emergency_access/models.py",
        "return self.filter(ended_at=None, until__gt=timezone.now())",
        "return self.filter(ended_at=None)",
        by="tests/rugpijn/emergency_access/test_emergency_access.py",
    ),
    # ---------------------------------------------------------- what is erased stays erased
    Mutant(
        "a restore brings back who was erased",
        "patients/apps.py",
        "{erasure.apply_ledger()}",
        "{0}",
        by="tests/patients/privacy/test_erasure.py",
    ),
    Mutant(
        "what was deleted is left in the file",
        "rugpijn/database/sqlite.py",
        "PRAGMA secure_delete=ON;",
        "PRAGMA secure_delete=OFF;",
        by="tests/rugpijn/database/test_database.py",
    ),
    Mutant(
        "the page behind the QR code has the note for one person",
        "patients/sheet.py",
        'def nameless(self) -> "Sheet":',
        'def nameless(self) -> "Sheet":\n        return self',
        by="tests/patients/test_sheet.py",
    ),
    Mutant(
        "whoever finds the button ends what was opened",
        "rugpijn/emergency_access/views.py",
        "return own or owner",
        "return True",
        by="tests/rugpijn/emergency_access/test_emergency_access.py",
    ),
)
