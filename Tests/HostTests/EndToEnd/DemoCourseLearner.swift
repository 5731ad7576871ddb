// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

#if Paper
    internal import Foundation
    internal import LMSTenancy
    internal import LMSTestSupport
    internal import Testing

    /// Somebody who takes the demo course over HTTP.
    struct DemoCourseLearner {
        let site: DevelopmentSite
        let course: String
        let token: String
        let enrollment: String

        /// Registers and takes a place.
        init(_ name: String, email: String, course: String, at site: DevelopmentSite) throws {
            let person = #"{"email":"\#(email)","password":"\#(PlatformHost.password)","displayName":"\#(name)"}"#
            let session = try site.send("POST", "/api/v1/auth/register", json: person).json()
            token = try #require(session["accessToken"]?.text)
            let json = #"{"courseId":"\#(course)"}"#
            let place = try site.send("POST", "/api/v1/enrollments", token: token, json: json).json()
            enrollment = try #require(place["id"]?.text)
            (self.site, self.course) = (site, course)
        }

        func get(_ path: String) throws -> JSONValue { try site.send("GET", "/api/v1/\(path)", token: token).json() }

        func post(_ path: String, _ json: String? = nil) throws -> JSONValue {
            try site.send("POST", "/api/v1/\(path)", token: token, json: json).json()
        }

        /// Reads every lesson and answers every quiz.
        ///
        /// - Parameter choose: What is answered to a problem.
        /// - Returns: The problems that were asked, with the points that each answer got, of how many.
        /// - Throws: What was refused.
        func takeCourse(
            _ choose: (DemoCourseProblem) -> DemoCourseProblem.Given
        ) throws -> [(problem: DemoCourseProblem, score: String, points: String)] {
            var quizzes: [String: String] = [:]
            for quiz in try get("courses/\(course)/quizzes?limit=100").items {
                if let lesson = quiz["lessonId"]?.text { quizzes[lesson] = quiz["id"]?.text }
            }
            var asked: [(problem: DemoCourseProblem, score: String, points: String)] = []
            for module in try get("courses/\(course)/modules").items {
                for lesson in (module["lessons"]?.array ?? []).compactMap({ $0["id"]?.text }) {
                    if let quiz = quizzes.removeValue(forKey: lesson) {
                        asked += try take(quiz, choose)
                    } else {
                        _ = try post("enrollments/\(enrollment)/lessons/\(lesson)/complete")
                    }
                }
            }
            #expect(quizzes.isEmpty, "of no lesson")
            return asked
        }

        private func take(
            _ quiz: String,
            _ choose: (DemoCourseProblem) -> DemoCourseProblem.Given
        ) throws -> [(problem: DemoCourseProblem, score: String, points: String)] {
            let attempt = try post("quizzes/\(quiz)/attempts", "{}")
            let id = try #require(attempt["id"]?.text)
            var problems: [String: DemoCourseProblem] = [:]
            for entry in attempt["questions"]?.array ?? [] {
                let (question, key) = (try #require(entry["question"]), try #require(entry["questionId"]?.text))
                let prompt = question["prompt"]?.text ?? ""
                let fitting = DemoCourseProblem.all.filter { prompt.contains($0.prompt) }
                try #require(fitting.count == 1, "\(fitting.map(\.prompt)) fit: \(prompt)")
                problems[key] = fitting[0]
                guard let answer = try answer(choose(fitting[0]), to: question) else { continue }
                let path = "/api/v1/quiz-attempts/\(id)/answers/\(key)"
                let saved = try site.send(
                    "PUT",
                    path,
                    token: token,
                    json: #"{"answer":\#(answer),"sequence":1}"#
                )
                #expect(saved.status == 200, "\(saved.text)")
            }
            let graded = try post("quiz-attempts/\(id)/submit", "{}")
            return try (graded["questions"]?.array ?? []).map { entry in
                let problem = try #require(problems[entry["questionId"]?.text ?? ""])
                return (problem, number(entry["score"]), number(entry["question"]?["points"]))
            }
        }

        private func number(_ value: JSONValue?) -> String {
            if case .number(let text) = value { text } else { "none" }
        }

        /// The answer in JSON, with the identifiers that this attempt gave what it chooses from.
        private func answer(_ given: DemoCourseProblem.Given, to question: JSONValue) throws -> String? {
            func option(_ text: String, in place: JSONValue) throws -> String {
                let found = (place["options"]?.array ?? []).filter { $0["text"]?.text?.contains(text) == true }
                return try #require(found.count == 1 ? found[0]["id"]?.text : nil, "\(text) in \(place)")
            }
            switch given {
            case .nothing: return nil
            case .text(let text): return #"{"text":"\#(text)"}"#
            case .value(let value): return #"{"value":"\#(value)"}"#
            case .options(let texts):
                let chosen = try texts.map { #""\#(try option($0, in: question))""# }
                return #"{"options":[\#(chosen.joined(separator: ","))]}"#
            case .gaps(let texts):
                let gaps = question["gaps"]?.array ?? []
                try #require(gaps.count == texts.count)
                let chosen = try zip(gaps, texts).map { gap, text in
                    #"{"gap":"\#(try #require(gap["id"]?.text))","option":"\#(try option(text, in: gap))"}"#
                }
                return #"{"gaps":[\#(chosen.joined(separator: ","))]}"#
            }
        }

        /// The certificate, once the event was reacted to and the job has drawn it.
        func certificate() throws -> (json: JSONValue, paper: PaperReader) {
            let deadline = ContinuousClock.now + .seconds(60)
            while ContinuousClock.now < deadline {
                guard let found = try get("certificates/mine").items.first, let id = found["id"]?.text else { continue }
                let pdf = try site.send("GET", "/api/v1/certificates/\(id)/pdf", token: token)
                if pdf.status == 200 { return (found, try PaperReader(pdf.body)) }
                try #require(pdf.status == 409, "\(pdf.text)")
            }
            throw TestFailure("no certificate in a minute")
        }
    }
#endif
