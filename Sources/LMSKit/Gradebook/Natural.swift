// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

/// A natural number of any size: just what adding up to twenty exact fractions and rounding their sum takes.
struct Natural: Comparable {
    /// Base 2⁶⁴, the lowest first, without leading zeros.
    private var limbs: [UInt64]

    init(_ value: UInt64) {
        limbs = value == 0 ? [] : [value]
    }

    static func * (left: Natural, right: UInt64) -> Natural {
        guard right != 0 else { return Natural(0) }
        var product = left
        var carry: UInt64 = 0
        for index in product.limbs.indices {
            let (high, low) = product.limbs[index].multipliedFullWidth(by: right)
            let (sum, overflow) = low.addingReportingOverflow(carry)
            product.limbs[index] = sum
            // The high half of a product of two limbs is at most 2⁶⁴ − 2.
            carry = high + (overflow ? 1 : 0)
        }
        if carry > 0 { product.limbs.append(carry) }
        return product
    }

    static func + (left: Natural, right: Natural) -> Natural {
        var sum = left.limbs.count < right.limbs.count ? right : left
        let other = left.limbs.count < right.limbs.count ? left : right
        var carry = false
        for index in sum.limbs.indices {
            let addend = index < other.limbs.count ? other.limbs[index] : 0
            let (partial, first) = sum.limbs[index].addingReportingOverflow(addend)
            let (limb, second) = partial.addingReportingOverflow(carry ? 1 : 0)
            sum.limbs[index] = limb
            carry = first || second
        }
        if carry { sum.limbs.append(1) }
        return sum
    }

    static func < (left: Natural, right: Natural) -> Bool {
        guard left.limbs.count == right.limbs.count else { return left.limbs.count < right.limbs.count }
        for index in left.limbs.indices.reversed() where left.limbs[index] != right.limbs[index] {
            return left.limbs[index] < right.limbs[index]
        }
        return false
    }

    /// Divides by a number above zero and rounds down.
    ///
    /// - Parameters:
    ///   - divisor: What it is divided by.
    ///   - limit: The most that is returned.
    /// - Returns: The quotient.
    func quotient(by divisor: Natural, limit: UInt64) -> UInt64 {
        var (low, high) = bounds(of: divisor, limit: limit)
        while low < high {
            let middle = low + (high - low) / 2 + 1
            if divisor * middle <= self { low = middle } else { high = middle - 1 }
        }
        return low
    }

    /// Between which numbers a quotient lies: what the leading 128 bits of both tell, and a little to either side.
    private func bounds(of divisor: Natural, limit: UInt64) -> (UInt64, UInt64) {
        let scale = limbs.count - divisor.limbs.count
        guard scale <= 1 else { return (0, limit) }
        let estimate = leading / divisor.leading * (scale == 0 ? 1 : scale == 1 ? 0x1p64 : 0)
        let tolerance = 1 + estimate * 0x1p-48
        guard estimate + tolerance < Double(limit) else { return (0, limit) }
        return (UInt64(max(estimate - tolerance, 0)), UInt64(estimate + tolerance))
    }

    /// The two highest limbs, in units of the second.
    private var leading: Double {
        guard let last = limbs.last else { return 0 }
        return Double(last) * 0x1p64 + (limbs.count > 1 ? Double(limbs[limbs.count - 2]) : 0)
    }
}
