"""Plays a story, one step a line, through a whole desk. Blank lines and what follows a # are for the reader.

WHO is a mail address, or the name of somebody in the register without its space (田中花子). WHERE is an address,
`desk`, `join`, `teacher-of 1` or `invitation-of 田中花子` (the reply address of their newest mail), or
`bounce-of invitation 田中花子` (the return path of that mail). FILE is in the story's `in/` or among the samples.

A `settings.toml` beside the story takes the place of the section [authentication] (policy = "off").

    play NAME                                the steps of shared/NAME.txt
    import schools.csv                       `school import`; likewise teachers.csv and members.csv
    activate all [except WHO …]              every member, or all but these
    clock 2025-02-10 09:00 | clock +3 days   what time it is for everybody (Asia/Tokyo); it never goes back
    send FILE from WHO|<> to WHERE           by SMTP; @REPLY_TO@ and @BOUNCE_TO@ in it become that WHERE,
                                             @INVITATION_ID@ the Message-ID of the newest such mail, and so on
    write TEXT from WHO to WHERE [subject S] [header "NAME: VALUE"]         the same with a plain mail of this text
    send-back KIND WHO from WHO|<> to WHERE  the newest such mail of ours comes back, as it was
    expect-reply 250 2.0.0 Ok: queued as *   of the SMTP dialogue; a `send` without it must get a 250
    run mailgate …                           the command line; {田中花子} is a handle, {teacher:佐々木恵} too,
                                             {mail} the newest received mail, {quarantined} the newest of these,
                                             {failed} the newest outgoing mail that could not be sent,
                                             {finding:1:TEXT} a finding of case 1, {file:NAME} a file of in/
    expect-exit N · expect-stderr LINE · expect-stdout LINE        of that run; without expect-exit it must be 0
    run-due [reminders N expired N closed N] what time brings, and how much of it
    worker stops | worker starts             mails wait in the spool meanwhile
    break MODULE.FUNCTION | mend             the function raises, until mended
    relay defers|refuses WHO|everybody | relay works
    expect-out KIND to WHO as NAME           a mail went out, and is out/NAME.txt; of several the lowest case
    expect-alike NAME NAME                   two expected mails have the same subject and body
    expect-mail KIND to WHO [with|without WORDS …]    a mail went out, and its body has these words or has not
    expect-no-mail                           nothing else went out; checked at the end of every story too
    expect case N KEY VALUE …                of `case show --json`; likewise comment N, application N,
                                             member WHO, invitation N WHO (newest of case N),
                                             mail (newest), outbox KIND WHO
    expect-count N NOUN list [OPTION …]      how long such a list is
    expect-text case N KEY as NAME           a text of the case is out/NAME.txt; likewise comment N
    expect-tries N KIND to WHO               that mail was handed to the relay N times, always the same octets
    secrets FILE in FILE …                   the lines of in/FILE do occur in these mails (else the next says nothing)
    expect-hidden FILE from WHO …            no mail to these people has one of those lines, in no encoding
    expect-seen FILE by WHO …                the opposite: each line in some mail to them

In `expect-reply`, `expect-stderr` and `expect-stdout` a * stands for anything.
"""
