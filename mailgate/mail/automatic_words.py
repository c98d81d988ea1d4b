"""What programs write in subjects and first lines, in the languages that mail comes in.

`automatic` asks; every pattern here is only words. How much a pattern counts (alone, or with a second sign) is decided
there. Subjects are matched from their start, lines from theirs: a person who writes *about* an automatic answer seldom
starts like one. Bounded quantifiers only.
"""

from __future__ import annotations

import re

_REPLY_NAMES = r"""automatic\ reply|auto(?:mated|matic)\ (?:response|answer)
    |automatic(?:ally)?\ generated\ (?:reply|response)|auto-?(?:reply|response|answer)
    |automatische\ (?:antwort|abwesenheits\w{1,20}|rückmeldung)|automatisch\ antwoord|réponse\ automatique
    |respuesta\ automática|risposta\ automatica|resposta\ automàtica|resposta\ automática|autosvar
    |automati(?:skt?|sk)\ svar|sjálfvirkt\ svar|automaattinen\ vastaus|automatyczna\ odpowiedź
    |odpowiedź\ automatyczna|automatická\ odpov[eě][dď]|automatikus\ válasz|răspuns\ automat
    |автоматичен\ отговор|автоматический\ ответ|автоматична\ відповідь|αυτόματη\ απάντηση|otomatik\ yanıt
    |automatski\ odgovor|аутоматски\ одговор|samodejni\ odgovor|automaat(?:ne\ )?vastus|automātisk[aā]\ atbilde
    |automatinis\ atsakymas|תשובה\ אוטומטית|מענה\ אוטומטי|(?:ال)?رد\ (?:ال)?تلقائي|(?:การ)?ตอบกลับอัตโนมัติ
    |trả\ lời\ tự\ động|abwesenheits(?:notiz|meldung|nachricht|benachrichtigung)|message\ d.absence
    |frånvaromeddelande|fraværs(?:melding|besked)|poissaolo(?:viesti|ilmoitus)|afwezigheids(?:melding|bericht)
    |balasan\ otomatis|balasan\ automatik|자동\ ?(?:회신|응답)|自动(?:答复|回复)|自動回[覆复]"""

_ABSENT = r"""out\ of\ (?:the\ )?office|away\ from\ (?:the\ |my\ )?(?:office|desk|mail)|on\ (?:annual\ )?leave
    |vacation|abwesen(?:d|heit)\w{0,20}|nicht\ im\ (?:büro|haus)|urlaub|absen(?:ce|t)|message\ d.absence
    |fuera\ de\ (?:la\ )?oficina|ausen(?:te|cia)|fuori\ (?:sede|ufficio)|assen(?:te|za)|fora\ do\ escritório
    |ausência|afwezig\w{0,8}|niet\ op\ kantoor|frånvar\w{1,8}|fravær\w{0,8}|poissa\w{0,12}|poza\ biurem
    |nieobecn\w{1,8}|mimo\ kancelář|nepřítom\w{1,8}|irodán\ kívül|házon\ kívül|вне\ офиса|отсутств\w{1,8}
    |ofis\ dışında|prombūtne|부재\ ?중|不在|外出中|出張中|休暇|長期休暇|休業|休假|不在办公室"""

CLEAR_SUBJECT = re.compile(
    rf"""[\[【(（<]\s*(?:自動応答|自動返信|自動送信|{_REPLY_NAMES})\s*[\]】)）>](?!の|が|に|を|は|で|と|も|って)
    |(?:{_REPLY_NAMES})\s*(?:[:：]|re[:：]|$)
    |out\ of\ (?:the\ )?office\ (?:auto-?reply|response|message|notification)
    |auto:?\s{{0,3}}(?:re|fwd?)\s?[:：]
    |auto:\ .{{0,120}}\ (?:out\ of\ (?:the\ )?office|away|on\ leave|absent)
    |(?:自動応答|自動返信)\s*[:：]?\s*(?:re|fwd?|返信)\s*[:：]
    |(?:re[:：]\s{{0,5}})?.{{0,150}}\((?:automatic\ response|auto-?reply|autoreply)\)$""",
    re.I | re.X,
)
"""Forms that only programs write: they count alone."""

PREFIX_SUBJECT = re.compile(
    rf"(?:auto|自動応答|自動返信|自動送信|{_ABSENT})(?:のお知らせ)?\s*(?:[:：]|re[:：])", re.I | re.X
)
"""The prefix of a program before the subject that it answers, which a person may write too ("不在: 来週")."""

AUTOMATION_SUBJECT = re.compile(r"自動(?:応答|返信|送信)(?:メール|メッセージ)?\s*(?:[:：]|$)")
"""What a program puts before, and a person who asks about one may."""

NOTICE_SUBJECT = re.compile(
    r"""[\[【(（]?\s*(?:送信専用|配信専用|自動応答|自動返信|自動送信|自動配信|受付完了|受信確認
    |auto(?:matic)?[-\ ]?reply)
    (?!(?:メール|メッセージ)?(?:アドレス|について|[のがにをはでとも](?!お知らせ|ご案内|ご連絡)|[a-z]))""",
    re.I | re.X,
)
ABSENCE_SUBJECT = re.compile(rf"[\[【(（]?\s*(?:{_ABSENT})", re.I | re.X)
"""Subjects about automation and about absence: persons and programs speak so."""

PLAIN_NOTICE_SUBJECT = re.compile(
    r"""[\[【(（]?\s*
    (?:不在|休暇|休業|外出中|出張中|自動応答|自動返信|自動送信|out\ of\ (?:the\ )?office|on\ (?:annual\ )?leave
    |vacation|absence|.{1,80}\ is\ (?:currently\ )?out\ of\ (?:the\ )?office\.?)
    (?:通知|のお知らせ|のご案内|のご連絡|連絡|案内|メール|メッセージ|\ ?(?:notice|message|reply))?
    \s*[\]】)）]?\s*(?:$|re\s?[:：])""",
    re.I | re.X,
)
"""Such a subject and not a word of its own more."""

BOUNCE_SUBJECT = re.compile(
    r"""undeliver(?:ed|able)|mail\ delivery\ (?:fail|error|problem|system|warning)|non-?\ ?delivery
    |(?:message\ )?delivery\ (?:status|failure|has\ failed|error|problem|report|notification|delayed
    |warning|unsuccessful)
    |fail(?:ure|ed)\ (?:notice|mail|delivery)|returned\ (?:mail|message|to\ sender)|return(?:ed)?\ e?-?mail
    |mail\ (?:could\ not\ be|not)\ delivered|mail\ (?:error|system\ error|status\ report)|nondeliverable
    |bounce\]|there\ was\ an\ error\ sending\ your\ mail
    |fml\ system\ error|(?:ignored\ )?not\ member\ article|loop\ (?:alert|back\ warning)
    |message\ (?:not\ delivered|could\ not\ be\ delivered|delivery\ has\ failed|status\ -\ undeliverable
    |undeliverable)
    |message\ you\ sent\ (?:blocked|could\ not)|warning:\ (?:could\ not\ send|message\ .{0,40}\ delayed
    |delayed)
    |notice:\ mail\ delivery\ status|permanent\ delivery\ failure|unzustellbar|nicht\ zustellbar
    |unzustellbarkeit
    |non[\ _]remis|échec\ de\ (?:la\ )?remise|non\ recapitabile|mancato\ recapito|no\ se\ puede\ entregar
    |no\ entregad
    |não\ (?:foi\ )?(?:possível\ entregar|entregue)|onbestelbaar|niet\ bezorgd|nie\ można\ dostarczyć
    |niedostarcz
    |не\ удается\ доставить|недоставлен|не\ доставлен|kan\ (?:inte|ikke)\ leverer|doručit\ nelze
    |nelze\ doručit
    |teslim\ edilemedi|배달(?:되지|할\ 수)|无法(?:传递|投递)|系统退信|無法傳遞|退信
    |(?:メール|電子メール|メッセージ)?(?:の|を)?配信(?:不能|できません|に失敗|エラー|状態通知|遅延)|送信できません|送信エラー|送信失敗|未配信
    |配送(?:エラー|不能|失敗)|エラーメール|メールエラー|宛先不明|不達""",
    re.I | re.X,
)

BOUNCE_OPENING = re.compile(
    r"""this\ (?:message|report|mail|e-?mail)\ (?:was|is|has\ been)\ (?:created|generated|sent)\ automatically
    |this\ is\ (?:the\ mail|the\ mailer|the\ postfix|the\ qmail|an\ automatically\ generated\ delivery
    |a\ delivery\ (?:status|failure)|an\ advisory-only)
    |hi\.?\ this\ is\ the\ |i'?m\ (?:sorry|afraid)\ (?:to\ have\ to\ inform|i\ wasn'?t\ able
    |to\ have\ to\ tell)
    |there\ was\ an\ error\ (?:delivering|sending)\ your\ (?:e?-?mail|message)
    |(?:an\ error|the\ following\ error)\ occurred\ while\ (?:trying|attempting)\ to\ deliver
    |delivery\ has\ failed|(?:mail|message)\ delivery\ (?:has\ )?failed
    |delivery\ (?:to|of)\ (?:the\ following|email|your)|(?:error\ )?delivering\ message\ to
    |the\ following\ (?:message\ to\ <|mail\ could\ not|addresses\ had|recipients?\ (?:did|could|were|was
    |cannot))
    |(?:the\ |your\ |a\ )?(?:message|e?-?mail)\ (?:that\ you\ sent\s|to\ <?\S{1,200}\s|below\s
    |you\ sent\s){0,2}
        (?:did\ not\ reach|could\ ?n[o']t\ be\ (?:delivered|sent)|was\ (?:not\ delivered|undeliverable)
        |cannot\ be\ delivered|wasn't\ delivered|couldn't\ be\ delivered|has\ been\ (?:returned|rejected
        |delayed))
    |(?:could\ not|unable\ to|cannot)\ deliver\ (?:the\ |your\ |this\ )?(?:message|mail|e-?mail)
    |[-*\s]{2,12}(?:failed\ recipients|failure\ reasons|non-?delivery\ report|transcript\ of\ session
    |the\ following\ addresses)
    |your\ mail\ (?:sent|attempted\ to\ be\ delivered)\ on:?\ \S
    |reporting-mta:|failed\ (?:recipient|addresse?)|sorry,?\ (?:we\ were\ )?unable\ to\ deliver
    |votre\ message\ n'a\ pas\ pu
    |以下の(?:メールアドレス|宛先|アドレス|あて先)(?:へ|に|は)(?:の)?.{0,12}(?:失敗|できません|配信されません)
    |次の(?:受信者|宛先|あて先|メールアドレス).{0,20}(?:配信|送信|届|配送)
    |この(?:メール|メッセージ)は.{0,20}自動的に(?:生成|作成).{0,40}""",
    re.I | re.X,
)
"""The first words of a report that names no daemon: only programs open a mail so."""

ABSENCE_OPENING = re.compile(
    rf"""(?:i'?\s?a?m|i\ will\ be|we\ are|he\ is|she\ is)\ (?:currently\ |now\ )?(?:{_ABSENT}|away
    |unable\ to\ read)
    |thank\ you\ for\ (?:your\ |contacting\ |the\ )(?:e-?mail|message|us)
    |(?:ただいま|只今|現在|本日|誠に勝手ながら|申し訳).{{0,60}}(?:不在|休暇|休業|出張|外出)
    |お?問い?合わ?せ(?:いただき|頂き|を受け付け)""",
    re.I | re.X,
)
"""How absence notes begin; people write so too, so it is only ever the second sign."""

ABSENT_NOW = re.compile(
    r"(?:ただいま|只今|現在|本日|誠に勝手ながら|申し訳).{0,60}(?:不在|休暇|休業|出張|外出)(?:に|を|中|のため|と(?:させ|なって)|で(?:す|ござ))"
)
"""A program that is asked by mail says so of its owner in its first line."""

_CLAUSE_END = r"\s*(?:[.!:;，]|,\ (?:i|we)\ |$|to\ (?:let|inform|your|confirm|acknowledge)|[-–—]\s)"
_CLAUSE_END_JA = r"""(?:です(?![かがねよ])|[。、！]|$|となって(?:い|お)り?ます|となります(?![かが])|でござい
    |でお(?:送り|届け|知らせ)し|(?:いた|致)してい?(?:お)?ります|しております|にて(?:お送り|失礼|お知らせ|ご連絡)(?:し|いたし|致し))"""
DECLARES_ANSWER = re.compile(
    rf"""(?:please\ )?(?:note[,:]?\ )?(?:that\ )?(?:this\ (?:e-?mail\ |message\ |mail\ )?(?:is|was)
    |dies\ ist|das\ ist|ceci\ est
        |c'est|ce\ message\ est|est[ae]\ es|quest[ao]\ è|est[ae]\ é|dit\ is|to\ jest|это|det(?:ta|te)\ är
        |dette\ er|tämä\ on
        |toto\ je|ez\ egy|bu\ bir|这是(?:一封)?|這是(?:一封)?)\s?(?:an?\ |eine?\ |une?\ |una\ |uma\ |een\ |ett\s
        |et\ )?
        (?:{_REPLY_NAMES}|automatic\ (?:response|reply)|automated\ (?:response|reply)){_CLAUSE_END}
    |(?:※|\*|・|[【(（\[])?\s*(?:これ|(?:この|本|当|こちらの?)(?:メール|メッセージ|返信|お?返事))は[、,]?.{{0,20}}
        自動(?:的に|で)?(?:返信|応答|お返事|回答)(?:メール|メッセージ)?{_CLAUSE_END_JA}
    |(?:※|\*|・|[【(（\[])?\s*自動(?:返信|応答)(?:メール|メッセージ)?(?:です(?![かがねよ])
        |にて(?:失礼|お知らせ|ご連絡|お送り)(?:し|いたし|致し)[てま])""",
    re.I | re.X,
)
"""A line that says of its own mail that a program answers."""

ASKS = re.compile(r"[?？]|か[。)）」]?$|right|guess|isn't")
"""Who asks whether a program wrote is no program."""

DECLARES_PROGRAM = re.compile(
    r"""(?:please\ )?(?:note[,:]?\ )?(?:that\ )?this\ (?:e-?mail|message|mail|is)\ .{0,24}automat(?:ed|ic)
    |i\ will\ be\ out\ of\ the\ office\ (?:starting|from)\ .{1,40}\ and\ will\ not\ return\ until
    |.{0,40}(?:mensaje\ automático|message\ automatique|automatische\ (?:nachricht|e-?mail)|messaggio\ automatico
        |mensagem\ automática|automatisch\ bericht|automatiskt?\ (?:meddelande|besked)|wiadomość\ automatyczna
        |автоматическое\ (?:сообщение|письмо)|系统自动(?:发送|生成|回复))
    |(?:※|\*|・|[【(（\[])?\s*(?:この|本|当)(?:メール|メッセージ|通知)は[、,]?.{0,40}(?:自動|送信専用|配信専用)""",
    re.I | re.X,
)
"""A line that says that a program sent the mail; forms that carry a person's words say so too."""

CHALLENGE = re.compile(
    r"""(?:verify|confirm|prove)\ (?:to\ \w{1,20}\ )?(?:that\ )?you(?:\ a|'?)re\ (?:an?\ )?
        (?:actual\s|real\s|legitimate\s)?        (?:human|person|people|not\ (?:an?\ )?(?:spam|robot|computer|machine))
    |(?:verify|confirm|authenticate)\ (?:your\ (?:e?-?mail|message)\b(?!\ address)|yourself\ as\ a\ sender)
    |(?:add\ (?:yourself|your\ address)|have\ your\ address\ added|to\ be\ added)\ .{0,60}(?:list|recipient)
    |requires?\ (?:sender\ |a\ one-?time\ )?(?:verification|confirmation|authentication)
    |(?:sender|mail|message)\ (?:verification|confirmation)\ (?:required|requested)|challenge[-/ ]response
    |あなたが(?:人間|人|ロボットでは?ない).{0,20}(?:確認|証明)|(?:送信者|差出人)(?:の)?(?:確認|認証)が必要""",
    re.I | re.X,
)
HELD_MAIL = re.compile(
    r"""your\ (?:e?-?mail|message)s?\b[^.!?]{0,100}\b(?:held|waitlisted|quarantin|not\ (?:yet\ )?been\ delivered
        |undelivered|will\ (?:then\ )?be\ (?:delivered|released)|go\ to\ my\ inbox)
    |(?:ensure|complete)\ (?:the\ )?delivery\ of\ your\ (?:e?-?mail|message)|account\ is\ protected\ by
    |(?:お送りいただいた|あなたの|お客様の|この)?メールは.{0,40}(?:保留|隔離|まだ届いて|配信されていません)""",
    re.I | re.X | re.S,
)
ANSWER_WAY = re.compile(
    r"https?://|repl(?:y|ying) to this (?:e-?mail|mail|message)|(?:この|本)メールに(?:そのまま)?返信", re.I
)
PROOF_WORDS = ("verif", "confirm", "prove", "authentic", "challenge", "added", "add your", "確認", "証明", "認証")
"""The three parts of a challenge: prove yourself, the mail waits, and how. Only all three make one.

Without one of PROOF_WORDS there is no CHALLENGE, and that is found out fast."""
