// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSHTTP

extension ProblemCode {
    static let assignmentNotFound = ProblemCode(
        "ASSIGNMENT_NOT_FOUND",
        404,
        en: "There is no such assignment.",
        es: "No existe esa tarea.",
        ar: "لا يوجد واجب كهذا."
    )
    static let rubricNotFound = ProblemCode(
        "RUBRIC_NOT_FOUND",
        404,
        en: "There is no such rubric.",
        es: "No existe esa rúbrica.",
        ar: "لا يوجد سلم تقييم كهذا."
    )
    static let submissionNotFound = ProblemCode(
        "SUBMISSION_NOT_FOUND",
        404,
        en: "There is no such submission.",
        es: "No existe esa entrega.",
        ar: "لا يوجد تسليم كهذا."
    )
    static let submissionCommentNotFound = ProblemCode(
        "SUBMISSION_COMMENT_NOT_FOUND",
        404,
        en: "There is no such comment at the submission.",
        es: "No existe ese comentario en la entrega.",
        ar: "لا يوجد تعليق كهذا على التسليم."
    )
    static let submissionFileNotFound = ProblemCode(
        "SUBMISSION_FILE_NOT_FOUND",
        404,
        en: "There is no such file of the submission.",
        es: "No existe ese archivo en la entrega.",
        ar: "لا يوجد ملف كهذا في التسليم."
    )
    static let assignmentLearnerNotFound = ProblemCode(
        "ASSIGNMENT_LEARNER_NOT_FOUND",
        404,
        en: "Nobody of that identifier has a place in the course, or an extension.",
        es: "Nadie con ese identificador tiene una plaza en el curso, o una prórroga.",
        ar: "لا أحد بهذا المعرّف له مقعد في الدورة، أو تمديد."
    )
    static let assignmentNotPublished = ProblemCode(
        "ASSIGNMENT_NOT_PUBLISHED",
        409,
        en: "The assignment, or its course, is not published, or not any more.",
        es: "La tarea, o su curso, no está publicada o ya no lo está.",
        ar: "الواجب أو دورته غير منشور، أو لم يعد كذلك."
    )
    static let assignmentNotOpen = ProblemCode(
        "ASSIGNMENT_NOT_OPEN",
        409,
        en: "The assignment is not open yet.",
        es: "La tarea aún no está abierta.",
        ar: "الواجب غير مفتوح بعد."
    )
    static let assignmentClosed = ProblemCode(
        "ASSIGNMENT_CLOSED",
        409,
        en: "The assignment takes nothing any more; ask whoever teaches the course for an extension.",
        es: "La tarea ya no admite entregas; pida una prórroga a quien imparte el curso.",
        ar: "لم يعد الواجب يقبل التسليم؛ اطلب تمديدًا ممن يدرّس الدورة."
    )
    static let noSubmissionsLeft = ProblemCode(
        "NO_SUBMISSIONS_LEFT",
        409,
        en: "You have handed in as often as you may.",
        es: "Ya ha entregado todas las veces permitidas.",
        ar: "سلّمت بعدد المرات المسموح بها."
    )
    static let previousSubmissionUngraded = ProblemCode(
        "PREVIOUS_SUBMISSION_UNGRADED",
        409,
        en: "Somebody who left the group waits for its last grade; have that submission graded and released first.",
        es:
            "Alguien que dejó el grupo espera su última calificación; pida antes que se califique y publique esa entrega.",
        ar: "ينتظر من غادر المجموعة درجة تسليمها الأخير؛ اطلب أولًا تقييم ذلك التسليم ونشر درجته."
    )
    static let assignmentInReview = ProblemCode(
        "ASSIGNMENT_IN_REVIEW",
        409,
        en: "You review others' work, so yours stays as it is; ask whoever teaches the course to return it.",
        es: "Usted revisa otras entregas, así que la suya no cambia; pida a quien imparte el curso que la devuelva.",
        ar: "أنت تراجع ما سلّمه الآخرون، لذلك يبقى تسليمك كما هو؛ اطلب ممن يدرّس الدورة إعادته إليك."
    )
    static let submissionEmpty = ProblemCode(
        "SUBMISSION_EMPTY",
        409,
        en: "There is nothing to hand in; save a text or attach a file first.",
        es: "No hay nada que entregar; guarde primero un texto o adjunte un archivo.",
        ar: "لا يوجد ما يُسلَّم؛ احفظ نصًا أو أرفق ملفًا أولًا."
    )
    static let submissionHandedIn = ProblemCode(
        "SUBMISSION_HANDED_IN",
        409,
        en: "It was handed in, so it stays as it is; save a text or attach a file to begin another one.",
        es: "Ya se entregó, así que no cambia; guarde un texto o adjunte un archivo para comenzar otra entrega.",
        ar: "سُلّم بالفعل فيبقى كما هو؛ احفظ نصًا أو أرفق ملفًا لبدء تسليم آخر."
    )
    static let assignmentTakesNoText = ProblemCode(
        "ASSIGNMENT_TAKES_NO_TEXT",
        409,
        en: "The assignment takes files and no text.",
        es: "La tarea admite archivos y ningún texto.",
        ar: "يقبل الواجب ملفات ولا يقبل نصًا."
    )
    static let assignmentTakesNoFiles = ProblemCode(
        "ASSIGNMENT_TAKES_NO_FILES",
        409,
        en: "The assignment takes a text and no files.",
        es: "La tarea admite un texto y ningún archivo.",
        ar: "يقبل الواجب نصًا ولا يقبل ملفات."
    )
    static let assignmentFileType = ProblemCode(
        "ASSIGNMENT_FILE_TYPE",
        409,
        en: "The assignment takes no files of this type; its fileTypes are those that it takes.",
        es: "La tarea no admite archivos de este tipo; en fileTypes están los que admite.",
        ar: "لا يقبل الواجب ملفات من هذا النوع؛ الأنواع المقبولة في fileTypes."
    )
    static let assignmentFileTooLarge = ProblemCode(
        "ASSIGNMENT_FILE_TOO_LARGE",
        409,
        en: "The file is longer than the assignment takes.",
        es: "El archivo es más largo de lo que admite la tarea.",
        ar: "الملف أطول مما يقبله الواجب."
    )
    static let assignmentFileLimit = ProblemCode(
        "ASSIGNMENT_FILE_LIMIT",
        409,
        en: "The assignment takes no more files; take one away first.",
        es: "La tarea no admite más archivos; quite uno primero.",
        ar: "لا يقبل الواجب ملفات أكثر؛ أزل ملفًا أولًا."
    )
    static let uploadUnfinished = ProblemCode(
        "UPLOAD_UNFINISHED",
        409,
        en:
            "The upload is not finished, or its file is still looked at; read the upload and try again once it is stored.",
        es: "La carga no ha terminado o su archivo aún se revisa; consulte la carga e inténtelo cuando esté guardada.",
        ar: "لم تكتمل عملية الرفع أو ما زال الملف قيد الفحص؛ اعرض عملية الرفع وحاول مجددًا بعد حفظه."
    )
    static let assignmentHasSubmissions = ProblemCode(
        "ASSIGNMENT_HAS_SUBMISSIONS",
        409,
        en: "Somebody has begun to work on it; archive the assignment instead, and leave it blind if it is.",
        es: "Alguien ya empezó a trabajar en ella; archive la tarea, y déjela anónima si lo es.",
        ar: "بدأ أحدهم العمل عليه؛ أرشِف الواجب بدلًا من ذلك، واتركه مجهول الهوية إن كان كذلك."
    )
    static let assignmentHasGrades = ProblemCode(
        "ASSIGNMENT_HAS_GRADES",
        409,
        en: "Somebody was graded by the points and the rubric that there are, so they stay.",
        es: "Alguien ya fue calificado con los puntos y la rúbrica actuales, así que no cambian.",
        ar: "قُيّم أحدهم بالنقاط وسلم التقييم الحاليين، فيبقيان."
    )
    static let submissionSuperseded = ProblemCode(
        "SUBMISSION_SUPERSEDED",
        409,
        en: "The learner handed in again since; grade that.",
        es: "El alumno entregó de nuevo después; califique esa entrega.",
        ar: "سلّم المتعلم مرة أخرى بعدها؛ قيّم ذلك التسليم."
    )
    static let gradeReleased = ProblemCode(
        "GRADE_RELEASED",
        409,
        en: "The learner knows the grade already; give them another submission by an extension.",
        es: "El alumno ya conoce la calificación; dele otra entrega con una prórroga.",
        ar: "يعرف المتعلم الدرجة بالفعل؛ امنحه تسليمًا آخر بتمديد."
    )
    static let assignmentLimitReached = ProblemCode(
        "ASSIGNMENT_LIMIT_REACHED",
        409,
        en: "There are as many as there may be.",
        es: "Se alcanzó el máximo permitido.",
        ar: "بُلغ الحد الأقصى المسموح به."
    )
}
