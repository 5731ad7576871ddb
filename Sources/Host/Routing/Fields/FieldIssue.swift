// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

/// What is wrong with one field.
struct FieldIssue: Sendable, Hashable {
    /// Where it is: `title`, `blocks[2].url`; the whole body is the empty text.
    let field: String
    let code: Code

    /// A kind of mistake.
    struct Code: Sendable, Hashable {
        let name: String
        let message: LocalizedText

        init(_ name: StaticString, en: String, es: String, ar: String) {
            self.name = name.description
            message = LocalizedText(en: en, es: es, ar: ar)
        }

        static func == (left: Code, right: Code) -> Bool { left.name == right.name }
        func hash(into hasher: inout Hasher) { hasher.combine(name) }
    }
}

extension FieldIssue.Code {
    static let required = Self("REQUIRED", en: "is required", es: "es obligatorio", ar: "مطلوب")
    static let unknownField = Self(
        "UNKNOWN_FIELD",
        en: "is not a known field",
        es: "no es un campo conocido",
        ar: "حقل غير معروف"
    )
    static let repeated = Self("REPEATED", en: "is given twice", es: "aparece dos veces", ar: "مكرر")
    static let wrongType = Self(
        "WRONG_TYPE",
        en: "is of the wrong type",
        es: "es del tipo incorrecto",
        ar: "من نوع خاطئ"
    )
    static let malformed = Self("MALFORMED", en: "is malformed", es: "está mal formado", ar: "صيغته غير صحيحة")
    static let tooShort = Self("TOO_SHORT", en: "is too short", es: "es demasiado corto", ar: "قصير جداً")
    static let tooLong = Self("TOO_LONG", en: "is too long", es: "es demasiado largo", ar: "طويل جداً")
    static let tooSmall = Self("TOO_SMALL", en: "is too small", es: "es demasiado pequeño", ar: "صغير جداً")
    static let tooLarge = Self("TOO_LARGE", en: "is too large", es: "es demasiado grande", ar: "كبير جداً")
    static let tooFew = Self(
        "TOO_FEW",
        en: "has too few entries",
        es: "tiene muy pocas entradas",
        ar: "عدد عناصره قليل جداً"
    )
    static let tooMany = Self(
        "TOO_MANY",
        en: "has too many entries",
        es: "tiene demasiadas entradas",
        ar: "عدد عناصره كبير جداً"
    )
    static let notAChoice = Self(
        "NOT_A_CHOICE",
        en: "is none of the allowed values",
        es: "no es uno de los valores permitidos",
        ar: "ليس من القيم المسموح بها"
    )
    static let controlCharacter = Self(
        "CONTROL_CHARACTER",
        en: "holds a control character",
        es: "contiene un carácter de control",
        ar: "يحتوي على حرف تحكم"
    )
}
