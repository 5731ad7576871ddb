// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

import Foundation
import LMSTenancy
import Testing

@testable import LMSKit

@Suite struct SubmissionFileTests {
    private static func file(_ name: String, _ byteCount: Int = 1, at position: Int = 1) -> SubmissionFile {
        SubmissionFile(
            id: SubmissionFile.ID(UUID()),
            submission: Submission.ID(UUID()),
            position: position,
            name: name,
            mediaType: "text/plain",
            byteCount: byteCount
        )
    }

    private static func settings(
        _ takes: Assignment.Taking,
        _ change: (inout AssignmentSettings) -> Void = { _ in }
    ) -> AssignmentSettings {
        var settings = AssignmentSettings(title: "The third sheet")
        settings.takes = takes
        change(&settings)
        return settings
    }

    private static func refusal(_ settings: AssignmentSettings, _ text: String, _ files: [SubmissionFile])
        -> AssignmentError?
    {
        do throws(AssignmentError) {
            try settings.requireTaken(text: text, files: files)
            return nil
        } catch {
            return error
        }
    }

    @Test func `a draft is handed in with what the assignment takes and nothing else`() {
        let file = [Self.file("a.txt")]
        #expect(Self.refusal(Self.settings(.text), "So.", []) == nil)
        #expect(Self.refusal(Self.settings(.text), "So.", file) == .filesNotTaken)
        #expect(Self.refusal(Self.settings(.files), " \n", file) == nil)
        #expect(Self.refusal(Self.settings(.files), "So.", file) == .textNotTaken)
        #expect(Self.refusal(Self.settings(.both), "So.", file) == nil)
        #expect(Self.refusal(Self.settings(.both), "", file) == nil)
        #expect(Self.refusal(Self.settings(.both), "So.", []) == nil)
        for taking in Assignment.Taking.allCases {
            #expect(Self.refusal(Self.settings(taking), " \t\n", []) == .empty)
        }
    }

    @Test func `files are as many, as long and of the types that the assignment takes`() throws {
        let pdf = try #require(SubmissionFileType(rawValue: "pdf"))
        let settings = Self.settings(.files) { ($0.fileLimit, $0.fileLimitInBytes, $0.fileTypes) = (2, 10, [pdf]) }
        let file = Self.file("a.PDF", 10)
        #expect(Self.refusal(settings, "", [file, file]) == nil)
        #expect(Self.refusal(settings, "", [file, file, file]) == .tooManyFiles(limit: 2))
        #expect(Self.refusal(settings, "", [Self.file("a.pdf", 11)]) == .fileTooLarge(limitInBytes: 10))
        #expect(Self.refusal(settings, "", [Self.file("a.txt")]) == .fileTypeNotTaken)
        #expect(Self.refusal(Self.settings(.files), "", [Self.file("a.exe")]) == .fileTypeNotTaken)
    }

    @Test func `types are those that are taken for submissions, of which drawings are none`() {
        let types = SubmissionFileType.allCases.map(\.rawValue)
        #expect(types.contains("pdf") && !types.contains("svg") && types.count <= 40)
        for ending in ["svg", "exe", "PDF", "", ".pdf"] { #expect(SubmissionFileType(rawValue: ending) == nil) }
    }

    @Test func `a file without its owner's name has its place and its ending`() {
        #expect(Self.file("Ada Lovelace.docx", at: 3).anonymous.name == "submission-3.docx")
        #expect(Self.file("Ada.Lovelace", at: 1).anonymous.name == "submission-1")
        #expect(Self.file("a.TXT", at: 20).anonymous.name == "submission-20.txt")
    }
}
