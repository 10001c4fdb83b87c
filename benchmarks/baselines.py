"""What an expert would write by hand in DuckDB's SQL for the same answers: the yardstick of the questions.

Each runs on the same pruned files (``{EmailEvents}`` and so on stand for them), threads and memory as the engine.
``{start}``, ``{end}``, ``{before}`` and ``{middle}`` are the window, the start of the time before, and the window's
start once more where both times are read at once.
"""

_INBOUND = """"EmailDirection" = 'Inbound' AND NOT is_simulation"""
_ATTACKS = f"""{_INBOUND} AND primary_threat IN ('Malware', 'Phish')"""
_IN_WINDOW = """"Timestamp" >= {start} AND "Timestamp" < {end}"""
_IN_MESSAGES = """m."Timestamp" >= {start} AND m."Timestamp" < {end}"""
_VERDICTS = (
    *("Blocked", "Allowed", "Block overridden", "Pending verdict"),
    *("Pending verdict bypassed", "None", "Error", "Failure"),
)

BASELINES: dict[str, str] = {
    "volume by day and threat": f"""
        SELECT date_trunc('day', "Timestamp") AS bucket, primary_threat, count(*) AS messages
        FROM {{EmailEvents}} WHERE {_IN_WINDOW} GROUP BY ALL ORDER BY ALL
    """,
    "volume by hour and delivery, filtered": f"""
        SELECT date_trunc('hour', "Timestamp") AS bucket, explorer_delivery, count(*) AS messages
        FROM {{EmailEvents}} WHERE {_IN_WINDOW} AND {_ATTACKS} GROUP BY ALL ORDER BY ALL
    """,
    "messages over time": f"""
        SELECT date_trunc('day', "Timestamp") AS bucket, count(*) AS messages
        FROM {{EmailEvents}} WHERE {_IN_WINDOW} GROUP BY ALL ORDER BY ALL
    """,
    "chart by hour of a subject": f"""
        SELECT date_trunc('hour', "Timestamp") AS bucket, explorer_delivery, count(*) AS messages
        FROM {{EmailEvents}} WHERE {_IN_WINDOW} AND contains(subject_lower, 'invoice') GROUP BY ALL ORDER BY ALL
    """,
    "chart by day of a sender domain": f"""
        SELECT date_trunc('day', "Timestamp") AS bucket, primary_threat, count(*) AS messages
        FROM {{EmailEvents}} WHERE {_IN_WINDOW} AND starts_with(sender_domain, 'a') GROUP BY ALL ORDER BY ALL
    """,
    "top sender domains": f"""
        WITH ten AS (
            SELECT sender_domain, count(*) AS messages, count(DISTINCT recipient) AS recipients
            FROM {{EmailEvents}} WHERE {_IN_WINDOW} AND sender_domain <> ''
            GROUP BY ALL ORDER BY messages DESC, sender_domain LIMIT 10),
        earlier AS (
            SELECT sender_domain, count(*) AS previous FROM {{EmailEvents}}
            WHERE "Timestamp" >= {{before}} AND "Timestamp" < {{start}}
            AND sender_domain IN (SELECT sender_domain FROM ten) GROUP BY ALL)
        SELECT ten.*, coalesce(previous, 0) AS previous FROM ten LEFT JOIN earlier USING (sender_domain)
        ORDER BY messages DESC
    """,
    "top recipients of attacks": f"""
        WITH ten AS (
            SELECT recipient, count(*) AS messages, count(DISTINCT recipient) AS recipients
            FROM {{EmailEvents}} WHERE {_IN_WINDOW} AND {_ATTACKS} AND recipient <> ''
            GROUP BY ALL ORDER BY messages DESC, recipient LIMIT 10),
        earlier AS (
            SELECT recipient, count(*) AS previous FROM {{EmailEvents}}
            WHERE "Timestamp" >= {{before}} AND "Timestamp" < {{start}} AND {_ATTACKS}
            AND recipient IN (SELECT recipient FROM ten) GROUP BY ALL)
        SELECT ten.*, coalesce(previous, 0) AS previous FROM ten LEFT JOIN earlier USING (recipient)
        ORDER BY messages DESC
    """,
    "top attacked URL domains": f"""
        WITH pairs AS (
            SELECT DISTINCT m."NetworkMessageId", m.recipient, m."Timestamp" >= {{start}} AS now, u.url_domain AS value
            FROM (SELECT * FROM {{EmailEvents}} WHERE "Timestamp" >= {{before}} AND "Timestamp" < {{end}}
                AND {_ATTACKS}) m
            JOIN {{EmailUrlInfo}} u USING ("NetworkMessageId"))
        SELECT value, count(*) FILTER (now) AS messages, count(DISTINCT recipient) FILTER (now) AS recipients,
            count(*) FILTER (NOT now) AS previous
        FROM pairs GROUP BY ALL ORDER BY messages DESC, value LIMIT 10
    """,
    "threat types": f"""
        SELECT value, count(*) AS messages
        FROM (SELECT unnest(list_distinct(threat_types)) AS value FROM {{EmailEvents}} WHERE {_IN_WINDOW})
        GROUP BY ALL ORDER BY messages DESC
    """,
    "top targeted": f"""
        WITH counts AS (
            SELECT recipient,
                count(*) FILTER ("Timestamp" >= {{start}}) AS attacks,
                count(*) FILTER ("Timestamp" >= {{start}} AND primary_threat = 'Malware') AS malware,
                count(*) FILTER ("Timestamp" >= {{start}} AND primary_threat = 'Phish') AS phish,
                count(*) FILTER ("Timestamp" >= {{start}} AND explorer_delivery LIKE 'Delivered%') AS delivered,
                count(*) FILTER ("Timestamp" < {{start}}) AS previous
            FROM {{EmailEvents}}
            WHERE "Timestamp" >= {{before}} AND "Timestamp" < {{end}} AND {_ATTACKS} GROUP BY recipient)
        SELECT * FROM counts WHERE attacks > 0 ORDER BY attacks DESC, recipient LIMIT 10
    """,
    "top families": f"""
        SELECT threat_family, count(*) FILTER ("Timestamp" >= {{start}}) AS messages,
            count(DISTINCT recipient) FILTER ("Timestamp" >= {{start}}) AS recipients,
            count(*) FILTER ("Timestamp" < {{start}}) AS previous
        FROM {{EmailEvents}}
        WHERE "Timestamp" >= {{before}} AND "Timestamp" < {{end}} AND {_ATTACKS} AND threat_family <> ''
        GROUP BY ALL ORDER BY messages DESC LIMIT 10
    """,
    "top targeted of a sender's mail, 3,000": f"""
        WITH counts AS (
            SELECT recipient,
                count(*) FILTER ("Timestamp" >= {{start}}) AS attacks,
                count(*) FILTER ("Timestamp" >= {{start}} AND primary_threat = 'Malware') AS malware,
                count(*) FILTER ("Timestamp" >= {{start}} AND primary_threat = 'Phish') AS phish,
                count(*) FILTER ("Timestamp" >= {{start}} AND explorer_delivery LIKE 'Delivered%') AS delivered,
                count(*) FILTER ("Timestamp" < {{start}}) AS previous
            FROM {{EmailEvents}}
            WHERE "Timestamp" >= {{before}} AND "Timestamp" < {{end}} AND {_ATTACKS} AND sender_domain LIKE '%a%'
            GROUP BY recipient),
        first AS (SELECT * FROM counts WHERE attacks > 0 ORDER BY attacks DESC, recipient LIMIT 3000),
        people AS (
            SELECT address, arg_max("AccountDisplayName", "Timestamp") AS name,
                arg_max("Department", "Timestamp") AS department
            FROM (SELECT *, unnest([account, email_address]) AS address FROM {{IdentityInfo}})
            WHERE address IN (SELECT recipient FROM first) GROUP BY address)
        SELECT first.*, name, department FROM first LEFT JOIN people ON recipient = address
        ORDER BY attacks DESC, recipient
    """,
    "top URLs of attacks": f"""
        WITH pairs AS (
            SELECT DISTINCT m."NetworkMessageId", recipient, explorer_delivery, url_lower
            FROM (SELECT "NetworkMessageId", recipient, explorer_delivery FROM {{EmailEvents}}
                WHERE {_IN_WINDOW} AND {_ATTACKS}) m
            JOIN {{EmailUrlInfo}} u USING ("NetworkMessageId") WHERE url_lower <> '')
        SELECT url_lower, count(*) AS messages,
            count(*) FILTER (explorer_delivery IN ('Blocked', 'Replaced')) AS blocked,
            count(*) FILTER (explorer_delivery = 'Delivered to junk') AS junked,
            count(*) FILTER (explorer_delivery = 'Delivered') AS delivered
        FROM pairs GROUP BY ALL ORDER BY messages DESC, url_lower LIMIT 20
    """,
    "top URLs of all mail": f"""
        WITH pairs AS (
            SELECT DISTINCT m."NetworkMessageId", recipient, explorer_delivery, url_lower
            FROM (SELECT "NetworkMessageId", recipient, explorer_delivery FROM {{EmailEvents}}
                WHERE {_IN_WINDOW}) m
            JOIN {{EmailUrlInfo}} u USING ("NetworkMessageId") WHERE url_lower <> '')
        SELECT url_lower, count(*) AS messages,
            count(*) FILTER (explorer_delivery IN ('Blocked', 'Replaced')) AS blocked,
            count(*) FILTER (explorer_delivery = 'Delivered to junk') AS junked,
            count(*) FILTER (explorer_delivery = 'Delivered') AS delivered
        FROM pairs GROUP BY ALL ORDER BY messages DESC, url_lower LIMIT 20
    """,
    "top clicks": f"""
        SELECT url_lower, count(*) AS clicks,
            {", ".join(f"count(*) FILTER (click_verdict = '{verdict}')" for verdict in _VERDICTS)}
        FROM {{UrlClickEvents}} c
        WHERE url_lower <> '' AND EXISTS (
            SELECT 1 FROM {{EmailEvents}} m
            WHERE {_IN_MESSAGES} AND m."NetworkMessageId" = c."NetworkMessageId" AND m.recipient = c.account)
        GROUP BY ALL ORDER BY clicks DESC, url_lower LIMIT 20
    """,
    "countries of origin": f"""
        SELECT coalesce(nullif(sender_country, ''), '(none)') AS country, count(*) AS messages
        FROM {{EmailEvents}} WHERE {_IN_WINDOW} GROUP BY ALL ORDER BY messages DESC, country
    """,
    "efficacy": f"""
        WITH events AS (
            SELECT "NetworkMessageId", recipient, bool_or("ActionType" <> 'Redelivery') AS removed,
                bool_or("ActionType" = 'Redelivery') AS again
            FROM {{EmailPostDeliveryEvents}}
            WHERE "ActionResult" IN ('Success', 'AdminPolicy') AND ("ActionType" LIKE '% ZAP'
                OR "ActionType" IN ('Manual remediation', 'Automated remediation', 'Redelivery'))
            GROUP BY ALL)
        SELECT CASE WHEN explorer_delivery <> 'Delivered' AND NOT coalesce(again, false) THEN 'stopped'
            WHEN removed THEN 'removed' ELSE 'uncaught' END AS part, count(*) AS messages
        FROM (SELECT * FROM {{EmailEvents}} WHERE {_IN_WINDOW} AND {_ATTACKS})
        LEFT JOIN events USING ("NetworkMessageId", recipient) GROUP BY ALL
    """,
    "zero-day attacks": f"""
        SELECT count(*) FROM {{EmailEvents}} WHERE {_IN_WINDOW} AND {_ATTACKS}
        AND list_has_any(det_techs, ['File detonation', 'URL detonation'])
    """,
    "subject contains": f"""
        SELECT count(*) FROM {{EmailEvents}} WHERE {_IN_WINDOW} AND contains(subject_lower, 'invoice')
    """,
    "one sender": f"""
        SELECT count(*) FROM {{EmailEvents}} WHERE {_IN_WINDOW} AND sender_address = 'nobody@nowhere.example'
    """,
    "messages with a URL of a domain": f"""
        SELECT count(*) FROM {{EmailEvents}} m WHERE {_IN_WINDOW} AND "NetworkMessageId" IN (
            SELECT "NetworkMessageId" FROM {{EmailUrlInfo}} WHERE url_domain LIKE 'a%')
    """,
    "messages not in quarantine now": f"""
        WITH last AS (
            SELECT "NetworkMessageId", recipient, arg_max("DeliveryLocation", "Timestamp") AS location
            FROM {{EmailPostDeliveryEvents}} WHERE lower("ActionResult") IN ('success', 'adminpolicy') GROUP BY ALL)
        SELECT count(*) FROM (SELECT * FROM {{EmailEvents}} WHERE {_IN_WINDOW})
        LEFT JOIN last USING ("NetworkMessageId", recipient)
        WHERE lower(coalesce(location, "LatestDeliveryLocation", "DeliveryLocation")) <> 'quarantine'
    """,
    "one network": f"""
        SELECT count(*) FROM {{EmailEvents}} WHERE {_IN_WINDOW}
        AND sender_ip_key >= '\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\xFF\\xFF\\xC0\\x00\\x02\\x00'::BLOB
        AND sender_ip_key <= '\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\xFF\\xFF\\xC0\\x00\\x02\\xFF'::BLOB
    """,
    "first page, newest first": f"""
        WITH keys AS (
            SELECT "Timestamp" AS sent, "NetworkMessageId", recipient FROM {{EmailEvents}} WHERE {_IN_WINDOW}
            ORDER BY sent DESC, "NetworkMessageId", recipient LIMIT 100)
        SELECT m."Timestamp", "Subject", "SenderFromAddress", "RecipientEmailAddress", m."ThreatTypes",
            m.explorer_delivery, m."DeliveryLocation", m.sender_ip
        FROM {{EmailEvents}} m JOIN keys ON m."NetworkMessageId" = keys."NetworkMessageId"
            AND m.recipient = keys.recipient AND m."Timestamp" = keys.sent
        WHERE m."Timestamp" >= (SELECT min(sent) FROM keys) ORDER BY m."Timestamp" DESC
    """,
}
