// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

extension MailTemplate {
    /// The words in Arabic.
    var arabic: MailText {
        switch self {
        case .verifyEmail:
            MailText(
                subject: "أكّد عنوانك لدى {organization}",
                paragraphs: [
                    "يُرجى تأكيد أن هذا عنوانك. الرابط صالح لمدة {hours} ساعة.",
                    "إذا لم تكن أنت فتجاهل هذه الرسالة ولن يحدث شيء.",
                ],
                action: "تأكيد عنواني"
            )
        case .passwordReset:
            MailText(
                subject: "اختر كلمة مرور جديدة لـ {organization}",
                paragraphs: [
                    "طلب أحدهم كلمة مرور جديدة لحسابك. الرابط صالح مرة واحدة لمدة {minutes} دقيقة.",
                    "إذا لم تكن أنت فتجاهل هذه الرسالة، وتبقى كلمة مرورك كما هي.",
                ],
                action: "اختيار كلمة مرور جديدة"
            )
        case .passwordChanged:
            MailText(
                subject: "تغيّرت كلمة مرورك",
                paragraphs: [
                    "تغيّرت كلمة مرور حسابك لدى {organization}، وأُنهيت جلساتك الأخرى.",
                    "إذا لم تكن أنت فاختر كلمة مرور جديدة فورًا وأخبر أحد المسؤولين.",
                ]
            )
        case .newEmailRequested:
            MailText(
                subject: "أحدهم يريد تغيير عنوانك",
                paragraphs: [
                    "أحدهم مسجّل الدخول إلى حسابك لدى {organization} ويريد استخدام عنوان آخر.",
                    "إذا لم تكن أنت فغيّر كلمة مرورك فورًا وأخبر أحد المسؤولين.",
                ]
            )
        case .emailChanged:
            MailText(
                subject: "تغيّر عنوانك",
                paragraphs: [
                    "أصبح لحسابك لدى {organization} عنوان آخر، ولم يعد هذا العنوان صالحًا لتسجيل الدخول.",
                    "إذا لم تكن أنت فأخبر أحد المسؤولين فورًا.",
                ]
            )
        case .invitation:
            MailText(
                subject: "دعوة إلى {organization}",
                paragraphs: ["أنت مدعوّ إلى {organization}. الرابط صالح مرة واحدة."],
                action: "قبول الدعوة"
            )
        case .signInCode:
            MailText(
                subject: "رمزك لـ {organization}",
                paragraphs: [
                    "رمزك هو {code}، وهو صالح مرة واحدة لمدة {minutes} دقيقة.",
                    "لن يطلبه منك أحد من {organization} أبدًا. إذا لم تكن تسجّل الدخول الآن فغيّر كلمة مرورك.",
                ]
            )
        case .secondFactorChanged:
            MailText(
                subject: "تغيّرت خطوتك الثانية",
                paragraphs: [
                    "تغيّرت الخطوة الثانية لتسجيل الدخول إلى حسابك لدى {organization}.",
                    "إذا لم تكن أنت فأخبر أحد المسؤولين فورًا.",
                ]
            )
        case .newDevice:
            MailText(
                subject: "سجّل جهاز جديد الدخول",
                paragraphs: [
                    "سجّل أحدهم الدخول إلى حسابك لدى {organization} بجهاز لم نعرفه من قبل: {device}",
                    "إذا لم تكن أنت فغيّر كلمة مرورك وأنهِ جميع جلساتك.",
                ]
            )
        case .trial:
            MailText(
                subject: "رسالة من {organization} لتجربة بريدها",
                paragraphs: ["إعدادات بريد {organization} تعمل: أُرسلت هذه الرسالة بها."]
            )
        case .webhookDisabled:
            MailText(
                subject: "أُوقف خطاف ويب لدى {organization}",
                paragraphs: [
                    "لم يعد يُرسل شيء إلى خطاف الويب في {host}: لم يعد يريد أحداثًا أو لم يقبل أيًا منها لثلاثة أيام.",
                    "راجع عمليات التسليم وأصلحه وفعّله من جديد، ثم أعد إرسال ما فاته.",
                ]
            )
        case .linkIdentity:
            MailText(
                subject: "تسجيل الدخول إلى {organization} عبر {provider}؟",
                paragraphs: [
                    "حساب لدى {provider} بعنوانك يريد الدخول إلى {organization} باسمك. الرابط صالح مرة واحدة "
                        + "لمدة {minutes} دقيقة.",
                    "إذا لم تكن أنت فتجاهل هذه الرسالة ولن يحدث شيء.",
                ],
                action: "نعم، هذا أنا"
            )
        case .notification: MailText(subject: "{organization}", paragraphs: [])
        }
    }
}
