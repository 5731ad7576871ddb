// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

extension NotificationType {
    /// The words in Arabic.
    var arabic: NotificationText {
        switch self {
        case .welcome:
            NotificationText(
                "مرحبًا بك في {organization}",
                "أصبحت الآن عضوًا في {organization}. ألقِ نظرة على المقررات."
            )
        case .enrollment:
            NotificationText(
                "تم تسجيلك في {course}",
                "مكانك في {course} جاهز. يمكنك البدء الآن."
            )
        case .enrollmentCompleted:
            NotificationText(
                "أكملت {course}",
                "تهانينا: أنجزت كل ما يتطلبه {course}."
            )
        case .courseUpdate:
            NotificationText(
                "تم تحديث {course}",
                "هناك جديد في {course}."
            )
        case .lessonPublished:
            NotificationText(
                "درس جديد في {course}",
                "أصبح درس «{lesson}» متاحًا في {course}."
            )
        case .assignmentCreated:
            NotificationText(
                "واجب جديد في {course}",
                "يُسلَّم واجب «{assignment}» قبل: {due}."
            )
        case .assignmentDueSoon:
            NotificationText(
                "موعد «{assignment}» قريب",
                "يُسلَّم واجب «{assignment}» في {course} قبل: {due}."
            )
        case .assignmentSubmitted:
            NotificationText(
                "تم تسليم «{assignment}»",
                "سلّم {learner} واجب «{assignment}» في {course}."
            )
        case .assignmentGraded:
            NotificationText(
                "تم تقييم «{assignment}»",
                "حصلت على {score} في «{assignment}» ضمن {course}."
            )
        case .quizGraded:
            NotificationText(
                "تم تقييم «{quiz}»",
                "حصلت على {score} في «{quiz}» ضمن {course}."
            )
        case .gradeReleased:
            NotificationText(
                "درجتك في «{item}» متاحة",
                "يمكنك الآن الاطلاع على درجتك في «{item}» في {course}."
            )
        case .paymentSucceeded:
            NotificationText(
                "وصلت دفعتك",
                "استلمنا {amount} مقابل {course}. شكرًا لك."
            )
        case .paymentFailed:
            NotificationText(
                "تعذّرت عملية الدفع",
                "تعذّر دفع {amount} مقابل {course}. حاول مرة أخرى أو اختر طريقة أخرى."
            )
        case .certificateIssued:
            NotificationText(
                "شهادتك في {course}",
                "شهادتك في {course} تحمل الرقم {number}."
            )
        case .announcement:
            NotificationText(
                "أخبار من {organization}",
                "هناك أخبار من {organization}."
            )
        case .courseStarting:
            NotificationText(
                "يبدأ {course} قريبًا",
                "يبدأ {course} في {date}."
            )
        case .courseEnding:
            NotificationText(
                "ينتهي {course} قريبًا",
                "ينتهي {course} في {date}. أكمل ما تبقّى قبل ذلك."
            )
        case .inactiveLearner:
            NotificationText(
                "{course} في انتظارك",
                "لم تتعلّم في {course} منذ {days} يومًا. تابع من حيث توقفت."
            )
        case .message:
            NotificationText(
                "رسالة من {sender}",
                "كتب إليك {sender}."
            )
        case .mention:
            NotificationText(
                "أشار إليك {sender}",
                "أشار إليك {sender} في نقاش ضمن {course}."
            )
        case .answer:
            NotificationText(
                "أجابك {sender}",
                "لسؤالك في {course} جواب من {sender}."
            )
        case .reply:
            NotificationText(
                "كتب {sender} في نقاش",
                "كتب {sender} في نقاش تتابعه ضمن {course}."
            )
        case .achievement:
            NotificationText(
                "حققت «{achievement}»",
                "أحسنت: أصبح «{achievement}» لك."
            )
        case .exportReady:
            NotificationText(
                "ملفك المُصدَّر جاهز",
                "يمكنك الآن تنزيل الملف الذي طلبته."
            )
        case .webhookDisabled:
            NotificationText(
                "تم إيقاف خطاف ويب",
                "تم إيقاف خطاف الويب إلى {address}: لم يعد المستقبِل يقبل شيئاً. أعد تشغيله عندما يقبل من جديد."
            )
        case .passwordChanged:
            NotificationText(
                "تغيّرت كلمة مرورك",
                "إذا لم تكن أنت فاختر كلمة مرور جديدة فورًا وأخبر أحد المسؤولين."
            )
        case .emailChanged:
            NotificationText(
                "تغيّر عنوانك",
                "إذا لم تكن أنت فأخبر أحد المسؤولين فورًا."
            )
        case .secondFactorChanged:
            NotificationText(
                "تغيّر عامل التحقق الثاني لديك",
                "إذا لم تكن أنت فاختر كلمة مرور جديدة فورًا وأخبر أحد المسؤولين."
            )
        case .newDevice:
            NotificationText(
                "جهاز جديد",
                "سجّل أحدهم الدخول إلى حسابك باستخدام {device}. إذا لم تكن أنت فغيّر كلمة مرورك فورًا."
            )
        }
    }
}
