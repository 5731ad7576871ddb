// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

/// A problem of the Open edX demo course: what is answered, and what that earns by the key in its source.
struct DemoCourseProblem: Sendable {
    /// What is answered, as somebody does who reads the question.
    enum Given: Sendable {
        case nothing
        case text(String)
        case value(String)
        /// The texts of the chosen options begin so.
        case options([String])
        /// The text that is chosen in each gap, in their order.
        case gaps([String])
    }

    /// A part of what is asked that no other problem has.
    let prompt: String
    let right: Given
    let other: Given
    var points = "1"
    /// What the other answer earns.
    var earned = "0"

    static let all = [
        DemoCourseProblem(
            prompt: "fun facts are actually true",
            right: .options(["The Lion King", "Oxford University", "Pluto"]),
            other: .options(["The Lion King", "Bats are blind", "Pluto"])
        ),
        DemoCourseProblem(
            prompt: "engage in long-distance, annual migrations",
            right: .options(["Monarch butterfly", "Arctic tern"]),
            other: .options(["Monarch butterfly"])
        ),
        DemoCourseProblem(prompt: "kind of fish", right: .options(["Jellyfish"]), other: .options(["Shark"])),
        DemoCourseProblem(prompt: "Ancient Rome", right: .options(["Lion"]), other: .options(["Tiger"])),
        DemoCourseProblem(prompt: "SS Pendleton sink", right: .options(["1952"]), other: .options(["1592"])),
        DemoCourseProblem(prompt: "traditional abacus", right: .options(["17"]), other: .options(["16"])),
        DemoCourseProblem(
            prompt: "capital city of Australia",
            right: .options(["Canberra"]),
            other: .options(["Sydney"])
        ),
        DemoCourseProblem(
            prompt: "preventing food from entering",
            right: .options(["B. Epiglottis"]),
            other: .options(["A. Bronchi"])
        ),
        DemoCourseProblem(
            prompt: "contracts to help with inhalation",
            right: .options(["A. Diaphragm"]),
            other: .options(["B. Biceps"])
        ),
        DemoCourseProblem(
            prompt: "air first enter the respiratory system",
            right: .options(["A. Nostrils"]),
            other: .options(["D. Alveoli"])
        ),
        DemoCourseProblem(
            prompt: "role of the cilia",
            right: .options(["C. Moving mucus"]),
            other: .options(["A. Gas exchange"])
        ),
        DemoCourseProblem(
            prompt: "primary function of the alveoli",
            right: .options(["C. Gas exchange"]),
            other: .options(["A. Producing mucus"])
        ),
        // Five more or less are right.
        DemoCourseProblem(prompt: "120", right: .value("604"), other: .value("606")),
        DemoCourseProblem(prompt: "breaths per minute", right: .value("12"), other: .value("20")),
        // The lower root is right in part.
        DemoCourseProblem(prompt: "quadratic formula", right: .value("2"), other: .value("1"), earned: "0.5"),
        DemoCourseProblem(prompt: "seven dwarfs", right: .text("sneezy"), other: .text("Snow White")),
        DemoCourseProblem(
            prompt: "Write an SQL query",
            right: .text("select * from products where price > 20;"),
            other: .text("select * from products")
        ),
        // A pattern that has to match all of it.
        DemoCourseProblem(prompt: "6-letter word", right: .text("rubble"), other: .text("pebbles")),
        // Everything is right.
        DemoCourseProblem(prompt: "other applications", right: .text("Diaries"), other: .nothing),
        DemoCourseProblem(
            prompt: "major scientific discoveries",
            right: .gaps([
                "Albert Einstein", "Germany", "Dmitri Mendeleev", "Russia", "Sir Isaac Newton", "England", "Jonas Salk",
                "USA",
            ]),
            other: .gaps([
                "Albert Einstein", "USA", "Dmitri Mendeleev", "Russia", "Sir Isaac Newton", "England", "Jonas Salk",
                "USA",
            ]),
            points: "8",
            earned: "7"
        ),
    ]
}
