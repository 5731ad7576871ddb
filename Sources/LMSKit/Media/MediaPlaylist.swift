// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

/// Writes the playlists that players read (RFC 8216, version 7).
public enum MediaPlaylist {
    /// Lists what a medium can be played as; `nil` if it cannot be.
    ///
    /// - Parameters:
    ///   - listing: The medium.
    ///   - address: Where the playlist of a rendition or of captions is, relative to this one.
    /// - Returns: A multivariant playlist.
    public static func all(of listing: MediaListing, _ address: (MediaFile.ID) -> String) -> String? {
        guard listing.isPlayable else { return nil }
        var lines = ["#EXTM3U", "#EXT-X-VERSION:7", "#EXT-X-INDEPENDENT-SEGMENTS"]
        var group = ""
        for file in listing.files {
            guard case .captions(let language, let label) = file.content else { continue }
            lines.append(
                "#EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID=\"captions\",NAME=\"\(label)\",LANGUAGE=\"\(language)\""
                    + ",DEFAULT=NO,AUTOSELECT=YES,URI=\"\(address(file.id))\""
            )
            group = ",SUBTITLES=\"captions\""
        }
        for file in listing.files {
            guard case .rendition(let rendition, let codecs, let index) = file.content else { continue }
            let size = rendition.size.map { ",RESOLUTION=\($0.width)x\($0.height)" } ?? ""
            lines.append(
                "#EXT-X-STREAM-INF:BANDWIDTH=\(index.peakBandwidth)\(size),CODECS=\"\(codecs)\"\(group)"
            )
            lines.append(address(file.id))
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// Lists the pieces of a rendition, or the one piece that captions are; `nil` for anything else.
    ///
    /// - Parameters:
    ///   - file: The rendition or the captions.
    ///   - facts: What the medium is.
    ///   - address: Where the file is, relative to the playlist.
    /// - Returns: A media playlist.
    public static func pieces(of file: MediaFile, _ facts: MediaFacts, at address: String) -> String? {
        var lines = ["#EXTM3U", "#EXT-X-VERSION:7"]
        switch file.content {
        case .thumbnail: return nil
        case .captions:
            let time = max(1, facts.durationMilliseconds)
            lines += ["#EXT-X-TARGETDURATION:\((time + 999) / 1_000)", "#EXT-X-PLAYLIST-TYPE:VOD"]
            lines += ["#EXTINF:\(seconds(time)),", address]
        case .rendition(_, _, let index):
            let longest = index.segments.map(\.milliseconds).max() ?? 0
            lines += ["#EXT-X-TARGETDURATION:\(max(1, (longest + 999) / 1_000))", "#EXT-X-PLAYLIST-TYPE:VOD"]
            lines.append("#EXT-X-MAP:URI=\"\(address)\",BYTERANGE=\"\(index.head)@0\"")
            var start = index.head
            for segment in index.segments {
                lines.append("#EXTINF:\(seconds(segment.milliseconds)),")
                lines.append("#EXT-X-BYTERANGE:\(segment.byteCount)@\(start)")
                lines.append(address)
                start += segment.byteCount
            }
        }
        lines.append("#EXT-X-ENDLIST")
        return lines.joined(separator: "\n") + "\n"
    }

    private static func seconds(_ milliseconds: Int) -> String {
        let rest = milliseconds % 1_000
        return "\(milliseconds / 1_000).\(rest < 100 ? "0" : "")\(rest < 10 ? "0" : "")\(rest)"
    }
}
