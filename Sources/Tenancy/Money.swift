// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

/// An amount of one currency in its minor unit: exact, never a floating-point number.
public struct Money: Sendable, Hashable {
    /// The amount in the currency's minor unit (cents for USD, yen for JPY).
    public let minorUnits: Int
    /// The currency.
    public let currency: Currency

    /// Makes an amount.
    ///
    /// - Parameters:
    ///   - minorUnits: The amount in the currency's minor unit.
    ///   - currency: The currency.
    public init(minorUnits: Int, currency: Currency) {
        self.minorUnits = minorUnits
        self.currency = currency
    }

    /// Parses a decimal text such as `12.50`; digits beyond the currency's minor unit are refused, not rounded.
    ///
    /// - Parameters:
    ///   - amount: Digits with at most one point, no sign, no exponent, at most 15 digits.
    ///   - currency: The currency.
    public init?(amount: String, currency: Currency) {
        let parts = amount.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        guard let whole = parts.first, !whole.isEmpty, amount.utf8.count <= 16 else { return nil }
        let fraction = parts.count == 2 ? parts[1] : ""
        guard parts.count == 1 || !fraction.isEmpty, fraction.utf8.count <= currency.minorDigits,
            whole.utf8.allSatisfy(\.isDigit), fraction.utf8.allSatisfy(\.isDigit)
        else { return nil }
        let padding = String(repeating: "0", count: currency.minorDigits - fraction.utf8.count)
        guard let minorUnits = Int(whole + fraction + padding) else { return nil }
        self.init(minorUnits: minorUnits, currency: currency)
    }

    /// The decimal text, with as many digits after the point as the currency has.
    public var amount: String {
        let digits = String(minorUnits.magnitude)
        let padded = String(repeating: "0", count: max(0, currency.minorDigits + 1 - digits.count)) + digits
        let sign = minorUnits < 0 ? "-" : ""
        guard currency.minorDigits > 0 else { return sign + padded }
        return sign + padded.dropLast(currency.minorDigits) + "." + padded.suffix(currency.minorDigits)
    }
}

/// A currency by its ISO 4217 code.
public struct Currency: Sendable, Hashable, CustomStringConvertible {
    /// The three capital letters.
    public let description: String
    /// How many decimal digits the minor unit has, by ISO 4217 table A.1.
    public let minorDigits: Int

    /// Parses a code of three capital letters.
    ///
    /// - Parameter code: The text as it came from outside.
    public init?(_ code: String) {
        guard code.utf8.count == 3, code.utf8.allSatisfy({ (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) })
        else {
            return nil
        }
        description = code
        minorDigits = Currency.unusualMinorDigits[code] ?? 2
    }

    /// The dollar of the United States.
    public static let usDollar = Currency(known: "USD", minorDigits: 2)

    private init(known code: StaticString, minorDigits: Int) {
        description = code.description
        self.minorDigits = minorDigits
    }

    private static let unusualMinorDigits: [String: Int] = [
        "BIF": 0, "CLP": 0, "DJF": 0, "GNF": 0, "ISK": 0, "JPY": 0, "KMF": 0, "KRW": 0, "PYG": 0, "RWF": 0, "UGX": 0,
        "VND": 0, "VUV": 0, "XAF": 0, "XOF": 0, "XPF": 0, "BHD": 3, "IQD": 3, "JOD": 3, "KWD": 3, "LYD": 3, "OMR": 3,
        "TND": 3,
    ]
}
