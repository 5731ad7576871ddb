// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

#if Patterns
    internal import CLMSPCRE2
    public import LMSKit

    /// Regular expressions by PCRE2, which counts its steps and gives up where we say.
    public struct PCREPatterns: TextPatterns {
        /// How often the engine may try to match at a place; 50,000 took 0.2 to 4 ms with the worst expressions tried.
        static let stepLimit: UInt32 = 50_000
        /// How much memory backtracking may take, in KiB.
        static let heapLimit: UInt32 = 1_024
        /// The longest expression and the longest text, in bytes.
        static let patternLimit = 2_000
        static let textLimit = 4_000

        /// Makes an engine.
        public init() {}

        /// Compiles an expression and forgets it.
        public func flaw(in pattern: String) -> Int? {
            do {
                _ = try CompiledPattern(pattern, letters: .sameCase)
                return nil
            } catch {
                return error.offset
            }
        }

        /// Matches an expression against the whole of a text.
        public func match(
            _ pattern: String,
            wholeOf text: String,
            letters: ShortTextKey.Letters
        ) -> TextPatternVerdict {
            do {
                return try CompiledPattern(pattern, letters: letters).match(text)
            } catch {
                return .undecided
            }
        }
    }

    /// Where an expression is wrong.
    struct PatternFlaw: Error {
        let offset: Int
    }

    /// The one owner of a compiled expression.
    @safe struct CompiledPattern: ~Copyable {
        private let code: OpaquePointer

        init(_ pattern: String, letters: ShortTextKey.Letters) throws(PatternFlaw) {
            let bytes = Array(pattern.utf8)
            guard bytes.count <= PCREPatterns.patternLimit else { throw PatternFlaw(offset: PCREPatterns.patternLimit) }
            var options = PCRE2_UTF | PCRE2_UCP | PCRE2_NEVER_BACKSLASH_C
            if letters == .anyCase { options |= PCRE2_CASELESS }
            var reason: Int32 = 0
            var offset = 0
            guard let code = unsafe pcre2_compile_8(bytes, bytes.count, options, &reason, &offset, nil) else {
                throw PatternFlaw(offset: offset)
            }
            unsafe self.code = code
        }

        deinit { unsafe pcre2_code_free_8(code) }

        func match(_ text: String) -> TextPatternVerdict {
            let bytes = Array(text.utf8)
            guard bytes.count <= PCREPatterns.textLimit, let scratch = MatchScratch() else { return .undecided }
            let options = PCRE2_ANCHORED | PCRE2_ENDANCHORED
            let count = unsafe pcre2_match_8(
                code,
                bytes,
                bytes.count,
                0,
                options,
                scratch.data,
                scratch.context
            )
            switch count {
            case 0...: return .matches
            case PCRE2_ERROR_NOMATCH: return .differs
            // The limits, and whatever else stopped it: nobody knows whether it would have matched.
            default: return .undecided
            }
        }
    }

    /// The one owner of what a match needs: its limits and the place for what it finds.
    @safe private struct MatchScratch: ~Copyable {
        let context: OpaquePointer
        let data: OpaquePointer

        init?() {
            guard let context = unsafe pcre2_match_context_create_8(nil) else { return nil }
            guard let data = unsafe pcre2_match_data_create_8(1, nil) else {
                unsafe pcre2_match_context_free_8(context)
                return nil
            }
            unsafe self.context = context
            unsafe self.data = data
            _ = unsafe pcre2_set_match_limit_8(context, PCREPatterns.stepLimit)
            _ = unsafe pcre2_set_heap_limit_8(context, PCREPatterns.heapLimit)
        }

        deinit {
            unsafe pcre2_match_data_free_8(data)
            unsafe pcre2_match_context_free_8(context)
        }
    }
#endif
