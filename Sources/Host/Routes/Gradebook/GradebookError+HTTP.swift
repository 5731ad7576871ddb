// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSHTTP
internal import LMSKit
internal import LMSTenancy

extension GradebookError: ProblemConvertible {
    var problem: Problem {
        switch self {
        case .courseNotFound: Problem(.courseNotFound)
        case .itemNotFound: Problem(.gradeItemNotFound)
        case .learnerNotFound: Problem(.learnerNotFound)
        case .categoryNotFound: Problem(.gradeCategoryNotFound)
        case .importNotFound: Problem(.gradeImportNotFound)
        case .enrollmentNotFound: Problem(.enrollmentNotFound)
        case .forbidden: Problem(.forbidden)
        case .versionMismatch: Problem(.preconditionFailed)
        case .scoreTooHigh(let limit):
            Problem(.scoreTooHigh).detailed(
                en: "The item gives at most \(limit) points.",
                es: "El elemento da como máximo \(limit) puntos.",
                ar: "يمنح العنصر \(limit) نقطة على الأكثر."
            )
        case .unsoundEntry: Problem(.unsoundGrade)
        case .scoredBySubject: Problem(.scoredElsewhere)
        case .tooManyItems(let limit):
            Problem(.tooManyGradeItems).detailed(
                en: "A course has at most \(limit).",
                es: "Un curso tiene como máximo \(limit).",
                ar: "للمقرر \(limit) على الأكثر."
            )
        case .tooManyEntries: Problem(.tooManyEntries)
        case .itemInUse: Problem(.gradeItemInUse)
        case .unsoundScheme: Problem(.unsoundGradingScheme)
        case .importOutdated(let count):
            Problem(.gradeImportOutdated).detailed(
                en: "\(count) of its grades were changed since.",
                es: "Desde entonces se cambiaron \(count) de sus calificaciones.",
                ar: "تغيرت منذ ذلك الحين \(count) من درجاته."
            )
        case .importHasMistakes: Problem(.gradeImportHasMistakes)
        case .unreadableTable(let line):
            Problem(.unreadableGradeTable).detailed(
                en: "See line \(line).",
                es: "Vea la línea \(line).",
                ar: "انظر السطر \(line)."
            )
        case .invalidPosition: Problem(.invalidCursor)
        case .invalid: Problem(.validationFailed)
        case .database(let error): error.problem
        }
    }
}

extension ProblemCode {
    static let gradeItemNotFound = ProblemCode(
        "GRADE_ITEM_NOT_FOUND",
        404,
        en: "There is no such item in a gradebook.",
        es: "No existe ese elemento en un libro de calificaciones.",
        ar: "لا يوجد عنصر كهذا في سجل الدرجات."
    )
    static let learnerNotFound = ProblemCode(
        "LEARNER_NOT_FOUND",
        404,
        en: "Nobody like that learns in the course.",
        es: "Nadie así aprende en el curso.",
        ar: "لا متعلم كهذا في المقرر."
    )
    static let gradeCategoryNotFound = ProblemCode(
        "GRADE_CATEGORY_NOT_FOUND",
        422,
        en: "The course's gradebook has no such category.",
        es: "El libro de calificaciones del curso no tiene esa categoría.",
        ar: "لا فئة كهذه في سجل درجات المقرر."
    )
    static let gradeImportNotFound = ProblemCode(
        "GRADE_IMPORT_NOT_FOUND",
        404,
        en: "There is no such import of grades.",
        es: "No existe esa importación de calificaciones.",
        ar: "لا يوجد استيراد درجات كهذا."
    )
    static let scoreTooHigh = ProblemCode(
        "SCORE_TOO_HIGH",
        422,
        en: "The score is above the item's points.",
        es: "La puntuación supera los puntos del elemento.",
        ar: "الدرجة أعلى من نقاط العنصر."
    )
    static let unsoundGrade = ProblemCode(
        "UNSOUND_GRADE",
        422,
        en: "graded and late need a score, the other statuses have none; each learner is named once.",
        es: "graded y late necesitan puntuación, los demás estados no la tienen; cada alumno se nombra una vez.",
        ar: "تحتاج graded وlate إلى درجة ولا تحملها بقية الحالات، ويُذكر كل متعلم مرة واحدة."
    )
    static let scoredElsewhere = ProblemCode(
        "SCORED_ELSEWHERE",
        409,
        en: "The scores come from a quiz or an assignment; override the grade, or excuse the learner.",
        es: "Las puntuaciones vienen de un cuestionario o una tarea; sustituya la calificación o exima al alumno.",
        ar: "تأتي الدرجات من اختبار أو واجب؛ استبدل الدرجة أو أعفِ المتعلم."
    )
    static let tooManyGradeItems = ProblemCode(
        "TOO_MANY_GRADE_ITEMS",
        409,
        en: "The gradebook is full.",
        es: "El libro de calificaciones está lleno.",
        ar: "سجل الدرجات ممتلئ."
    )
    static let gradeItemInUse = ProblemCode(
        "GRADE_ITEM_IN_USE",
        409,
        en: "Learners have grades in it, or it comes from a quiz or an assignment; let it not count instead.",
        es: "Hay calificaciones en él, o viene de un cuestionario o una tarea; haga que no cuente.",
        ar: "فيه درجات لمتعلمين أو يأتي من اختبار أو واجب؛ اجعله لا يُحتسب بدلاً من ذلك."
    )
    static let unsoundGradingScheme = ProblemCode(
        "UNSOUND_GRADING_SCHEME",
        422,
        en: "Letters need different names, and percentages that fall from one to the next down to 0.",
        es: "Las letras necesitan nombres distintos y porcentajes que bajen de una a otra hasta 0.",
        ar: "تحتاج الحروف إلى أسماء مختلفة ونسب تنخفض من حرف إلى آخر حتى 0."
    )
    static let gradeImportOutdated = ProblemCode(
        "GRADE_IMPORT_OUTDATED",
        409,
        en: "Grades were changed since the preview; look at the import to see which, and bring the table in again.",
        es: "Hubo cambios desde la vista previa; consulte la importación para ver cuáles e importe la tabla de nuevo.",
        ar: "تغيرت درجات منذ المعاينة؛ اعرض الاستيراد لترى أيها ثم استورد الجدول من جديد."
    )
    static let gradeImportHasMistakes = ProblemCode(
        "GRADE_IMPORT_HAS_MISTAKES",
        409,
        en: "The table has mistakes; mend them and bring it in again.",
        es: "La tabla tiene errores; corríjalos e impórtela de nuevo.",
        ar: "في الجدول أخطاء؛ صححها واستورده من جديد."
    )
    static let unreadableGradeTable = ProblemCode(
        "UNREADABLE_GRADE_TABLE",
        422,
        en: "The table is not CSV with a userId column, or has too many lines.",
        es: "La tabla no es CSV con una columna userId, o tiene demasiadas líneas.",
        ar: "الجدول ليس CSV بعمود userId أو فيه أسطر أكثر من اللازم."
    )
}
