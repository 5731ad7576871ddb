// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSHTTP

extension ProblemCode {
    static let quizNotFound = ProblemCode(
        "QUIZ_NOT_FOUND",
        404,
        en: "There is no such quiz.",
        es: "No existe ese cuestionario.",
        ar: "لا يوجد اختبار كهذا."
    )
    static let questionBankNotFound = ProblemCode(
        "QUESTION_BANK_NOT_FOUND",
        404,
        en: "There is no such bank of questions.",
        es: "No existe ese banco de preguntas.",
        ar: "لا يوجد بنك أسئلة كهذا."
    )
    static let questionNotFound = ProblemCode(
        "QUESTION_NOT_FOUND",
        404,
        en: "There is no such question, or the attempt does not ask it.",
        es: "No existe esa pregunta, o el intento no la plantea.",
        ar: "لا يوجد سؤال كهذا، أو لا تطرحه المحاولة."
    )
    static let quizAttemptNotFound = ProblemCode(
        "QUIZ_ATTEMPT_NOT_FOUND",
        404,
        en: "There is no such attempt.",
        es: "No existe ese intento.",
        ar: "لا توجد محاولة كهذه."
    )
    static let quizAnswerFileNotFound = ProblemCode(
        "QUIZ_ANSWER_FILE_NOT_FOUND",
        404,
        en: "There is no such file of the answer.",
        es: "No existe ese archivo en la respuesta.",
        ar: "لا يوجد ملف كهذا في الإجابة."
    )
    static let quizLearnerNotFound = ProblemCode(
        "QUIZ_LEARNER_NOT_FOUND",
        404,
        en: "Nobody of that identifier has a place in the course, or an extension.",
        es: "Nadie con ese identificador tiene una plaza en el curso, o una prórroga.",
        ar: "لا أحد بهذا المعرّف له مقعد في الدورة، أو تمديد."
    )
    static let questionKindChanged = ProblemCode(
        "QUESTION_KIND_CHANGED",
        409,
        en: "A question stays of its kind; write another one and retire this.",
        es: "Una pregunta conserva su tipo; escriba otra y retire esta.",
        ar: "يبقى السؤال على نوعه؛ اكتب سؤالًا آخر واسحب هذا."
    )
    static let questionBankFull = ProblemCode(
        "QUESTION_BANK_FULL",
        409,
        en: "The bank is full; make another one.",
        es: "El banco está lleno; cree otro.",
        ar: "البنك ممتلئ؛ أنشئ بنكًا آخر."
    )
    static let quizSlotImpossible = ProblemCode(
        "QUIZ_SLOT_IMPOSSIBLE",
        409,
        en:
            "The quiz names a question or a bank that the course does not have, or draws more questions than there are.",
        es:
            "El cuestionario nombra una pregunta o un banco que el curso no tiene, o sortea más preguntas de las que hay.",
        ar: "يذكر الاختبار سؤالًا أو بنكًا ليس في الدورة، أو يسحب أسئلة أكثر من الموجود."
    )
    static let quizEmpty = ProblemCode(
        "QUIZ_EMPTY",
        409,
        en: "The quiz asks nothing yet; give it questions first.",
        es: "El cuestionario aún no pregunta nada; añada primero preguntas.",
        ar: "لا يطرح الاختبار شيئًا بعد؛ أضف أسئلة أولًا."
    )
    static let quizHasAttempts = ProblemCode(
        "QUIZ_HAS_ATTEMPTS",
        409,
        en: "Somebody has begun the quiz, so what it asks stays; make another one.",
        es: "Alguien ya empezó el cuestionario, así que sus preguntas no cambian; cree otro.",
        ar: "بدأ أحدهم الاختبار، فتبقى أسئلته؛ أنشئ اختبارًا آخر."
    )
    static let quizNotPublished = ProblemCode(
        "QUIZ_NOT_PUBLISHED",
        409,
        en: "The quiz, or its course, is not published, or not any more.",
        es: "El cuestionario, o su curso, no está publicado o ya no lo está.",
        ar: "الاختبار أو دورته غير منشور، أو لم يعد كذلك."
    )
    static let quizNotOpen = ProblemCode(
        "QUIZ_NOT_OPEN",
        409,
        en: "The quiz is not open yet.",
        es: "El cuestionario aún no está abierto.",
        ar: "الاختبار غير مفتوح بعد."
    )
    static let quizClosed = ProblemCode(
        "QUIZ_CLOSED",
        409,
        en: "The quiz is closed.",
        es: "El cuestionario está cerrado.",
        ar: "الاختبار مغلق."
    )
    static let noAttemptsLeft = ProblemCode(
        "NO_ATTEMPTS_LEFT",
        409,
        en: "You have made as many attempts as you may.",
        es: "Ya ha hecho todos los intentos permitidos.",
        ar: "استنفدت المحاولات المسموح بها."
    )
    static let quizAttemptOpen = ProblemCode(
        "QUIZ_ATTEMPT_OPEN",
        409,
        en: "You have an attempt that is not submitted; go on with it.",
        es: "Tiene un intento sin entregar; continúe con él.",
        ar: "لديك محاولة لم تُسلَّم؛ تابعها."
    )
    static let quizAttemptClosed = ProblemCode(
        "QUIZ_ATTEMPT_CLOSED",
        409,
        en: "The attempt was submitted, or its time is over.",
        es: "El intento ya se entregó, o su tiempo terminó.",
        ar: "سُلِّمت المحاولة، أو انتهى وقتها."
    )
    static let quizAttemptNotSubmitted = ProblemCode(
        "QUIZ_ATTEMPT_NOT_SUBMITTED",
        409,
        en: "The attempt goes on; it is graded when it is submitted.",
        es: "El intento sigue en curso; se califica cuando se entrega.",
        ar: "المحاولة جارية؛ تُقيَّم بعد تسليمها."
    )
}
