// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

import Foundation
import LMSTenancy
import Testing

@testable import LMSKit

@Suite struct ItemGradesTests {
    @Test(arguments: [0, 1, 2, 3, 50])
    func `each grade is found by its item, in whatever order they came`(count: Int) {
        let grades = (0..<count).map { version in
            Grade(item: GradeItem.ID(UUID()), score: nil, status: .graded, gradedAt: .distantPast, version: version)
        }
        let found = ItemGrades(grades)
        for grade in grades { #expect(found[grade.item] == grade) }
        #expect(found[GradeItem.ID(UUID())] == nil)
        #expect(found.all == grades.sorted { $0.item.description < $1.item.description })
        #expect(found == ItemGrades(grades.reversed()))
    }
}
