// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSTenancy

extension SQL {
    private static var templateColumns: SQL {
        """
        t.id, t.name, t.layout, t.paper, t.orientation, t.ink, t.accent, t.ground, t.texts,
        ARRAY(SELECT i.place FROM certificate_images i WHERE i.template_id = t.id ORDER BY i.place),
        t.version, t.created_at, t.updated_at
        """
    }

    static func selectTemplate(_ id: CertificateTemplate.ID) -> SQL {
        "SELECT \(.templateColumns) FROM certificate_templates t WHERE t.id = \(id)"
    }

    static func selectTemplateImages(_ id: CertificateTemplate.ID) -> SQL {
        "SELECT place, png FROM certificate_images WHERE template_id = \(id)"
    }

    static func listTemplates(after: CertificateTemplate.ID?, limit: Int) -> SQL {
        """
        SELECT \(.templateColumns) FROM certificate_templates t
        WHERE \(after) IS NULL OR t.id < \(after) ORDER BY t.id DESC LIMIT \(limit)
        """
    }

    static func lockTemplate(_ id: CertificateTemplate.ID) -> SQL {
        "SELECT version FROM certificate_templates WHERE id = \(id) FOR UPDATE"
    }

    static func insertTemplate(
        _ id: CertificateTemplate.ID,
        _ design: CertificateDesign,
        at instant: Date
    ) -> SQL {
        """
        INSERT INTO certificate_templates (id, name, layout, paper, orientation, ink, accent, ground, texts, created_at,
                                           updated_at)
        VALUES (\(id), \(design.name), \(design.layout), \(design.paper.size), \(design.paper.orientation),
                \(design.palette.ink.hex), \(design.palette.accent.hex), \(design.palette.ground.hex),
                \(design.storedTexts), \(instant), \(instant))
        """
    }

    static func updateTemplate(
        _ id: CertificateTemplate.ID,
        _ design: CertificateDesign,
        at instant: Date
    ) -> SQL {
        """
        UPDATE certificate_templates SET name = \(design.name), layout = \(design.layout), paper = \(design.paper.size),
            orientation = \(design.paper.orientation), ink = \(design.palette.ink.hex),
            accent = \(design.palette.accent.hex), ground = \(design.palette.ground.hex), texts = \(design.storedTexts),
            version = version + 1, updated_at = \(instant)
        WHERE id = \(id)
        """
    }

    static func touchTemplate(_ id: CertificateTemplate.ID, at instant: Date) -> SQL {
        "UPDATE certificate_templates SET version = version + 1, updated_at = \(instant) WHERE id = \(id)"
    }

    static func deleteTemplate(_ id: CertificateTemplate.ID) -> SQL {
        "DELETE FROM certificate_templates WHERE id = \(id)"
    }

    static func setTemplateImage(
        _ png: [UInt8],
        at place: CertificateSheet.Picture,
        of id: CertificateTemplate.ID
    ) -> SQL {
        """
        INSERT INTO certificate_images (template_id, place, png) VALUES (\(id), \(place), \(Bytes(png)))
        ON CONFLICT ON CONSTRAINT certificate_images_key DO UPDATE SET png = excluded.png
        """
    }

    static func deleteTemplateImage(
        at place: CertificateSheet.Picture,
        of id: CertificateTemplate.ID
    ) -> SQL {
        "DELETE FROM certificate_images WHERE template_id = \(id) AND place = \(place)"
    }
}
