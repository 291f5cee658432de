"""Bring clients, deals, loss reasons, tasks and reps in from a folder of CSV files; run it again at any time.

Files (each may be absent; read in this order). UTF-8 with or without a byte-order mark; the separator is a comma
or a semicolon, seen from the first line; the first line names the columns, in any order; columns not listed here
are left alone. `*` = must have a value. An empty cell means "not known" and clears what an earlier import said.

`loss_reasons.csv`
    `code*`            as deals name it, e.g. `no_budget`
    `name*`            as people read it, e.g. `No budget`
`reps.csv`             a rep is found again by extension, else e-mail, else name
    `name*`            e.g. `Jonas Weber`
    `extension`        inner telephone number, e.g. `201`; unique
    `email`            also joins the rep to the sign-in with this address, when there is one
    `team`             name of the team; made when new
    `active`           `yes` (the default) or `no`
`clients.csv`          found again by `id`
    `id*`              the CRM's own id
    `name*`            the contact person; may be empty when `company` is given
    `company`
    `email`
    `phones`           one or several, separated by `|`; any usual spelling, stored as E.164
    `potential`        `low`, `middle` or `high`
    `group`            client group, e.g. `office furniture`
    `product_group`
    `note`
    `created_at`
`deals.csv`            found again by `id`
    `id*`
    `client*`          `id` of a line in clients.csv, or of a client imported before
    `title*`           e.g. `12 desks`
    `stage`            e.g. `offer sent`
    `stage_since`
    `amount`           a number: `4800`, `4800.50` or `4 800,50`
    `currency`         three letters, e.g. `EUR`
    `rep`              name, extension or e-mail of a rep
    `status`           `open` (the default), `won`, `closed_lost` or `unqualified`
    `loss_reason`      a `code` of loss_reasons.csv, or free text
    `opened_at`
    `closed_at`
`tasks.csv`            found again by `id`
    `id*`
    `client*`          `id` of a client
    `deal`             `id` of a deal of that client
    `rep`              name, extension or e-mail of a rep
    `title*`           e.g. `send the offer`
    `due_at`
    `done_at`          empty while it is not done

Times are ISO 8601: `2026-11-17T10:42:00+01:00`, or without a zone (read as UTC), or a date alone (midnight UTC).
A line that cannot be used is skipped and reported by file, line and why; the other lines are imported.
"""

from __future__ import annotations
