"""What phones, apps and webmail add below a text by themselves: `Sent from my iPhone`, `iPhoneから送信`.

`lines.py` classifies with it; `quoting.py` drops such a line only where a part of the text ends. A sentence of the
sender (`Sent from my desk, where I thought about it`) is told apart by its form: a footer has no comma and no full
stop, and what sends is a known device or a name in capitals. Facts of the clients, no RFC.
"""

from __future__ import annotations

import re

_DEVICES = (
    r"iPhon\w{1,3}|iPad|iPod|Apple|Android|Galaxy|Xperia|AQUOS|arrows|Pixel|Huawei|Samsung|BlackBerry|"
    r"Windows|Mac|Outlook|Gmail|Yahoo!?|Thunderbird|Spark|Proton|ドコモ|docomo|au|SoftBank|スマートフォン|"
    r"スマホ|携帯|タブレット|モバイル|らくらくホン|Nokia|Mail|eM Client"
)
_NAME = r"(?:\[?[A-Z0-9][\w!+'’/-]{0,20}\]?)"
"""A word of a product's name; the case counts."""
_PRODUCT = (
    rf"(?:(?:{_DEVICES})[^,。]{{0,80}}|"
    rf"{_NAME}(?:\s(?:{_NAME}|for|on|mobile|phone|device|smartphone|app|tablet)){{0,5}}(?:\s?[<(\[].{{1,120}}[>)\]])?)"
)
_MY_PRODUCT = rf"(?:my |the |a |an )?(?:\w{{1,12}} )?(?:{_DEVICES})[^,。]{{0,80}}|(?:my |the )?{_PRODUCT}"

_JAPANESE = re.compile(
    rf"(?:私の)?(?:{_DEVICES})[^。、]{{0,40}}(?:から|より|で)送信(?:されました|しました|しています)?。?$|"
    rf"(?:{_DEVICES})[^。、]{{0,80}}を入手(?:する)?。?$",
    re.IGNORECASE,
)
_SENT_FROM = re.compile(
    rf"(?:[Ss]ent (?:from|via|with|using|by)|SENT FROM) (?:{_MY_PRODUCT})\.?$|"
    rf"(?:Get|Download) \[?(?:Outlook|Yahoo|BlueMail|Spark) [^,]{{1,100}}$|"
    r"(?:Envoyé (?:de|à partir de|à partir d['’]|depuis|avec)|Provenance)\s?:?\s?(?:mon |ma |l['’]application )?"
    rf"(?:{_PRODUCT})$|"
    rf"Enviado (?:desde|do|de|a partir do|com|con) (?:mi |meu |el |o |un |um )?(?:\w{{1,12}} )?(?:{_PRODUCT})$|"
    rf"Inviato (?:da|dal|con) (?:mio |il mio |un )?(?:{_PRODUCT})$|"
    rf"(?:Verzonden|Verstuurd) (?:vanaf|met|vanuit|via) (?:mijn |een )?(?:{_PRODUCT})$|"
    rf"(?:Skickat|Sendt) (?:från|fra|med|via) (?:min |mit |en )?(?:{_PRODUCT})$|"
    rf"Wysłan[eoy] (?:z|za pomocą) (?:mojego |aplikacji |programu |urządzenia )?(?:{_PRODUCT})$|"
    rf"Lähetetty\s(?:laitteesta |laitteestani |puhelimesta |sovelluksesta )?(?:{_PRODUCT})$|"
    rf"Odesláno (?:z|ze|pomocí) (?:mého |aplikace |mobilního |zařízení )?(?:{_PRODUCT})$|"
    rf"(?:Отправлено|Надіслано) (?:с|со|из|з|із) (?:моего |мого |мобильного |приложения )?(?:{_PRODUCT})$|"
    r"(?:Von (?:meinem|meiner) .{0,30}|Gesendet (?:von|mit|aus) (?:meinem |meiner |der |dem )?)"
    rf"(?:{_DEVICES}).{{0,60}}$|"
    rf"(?:{_DEVICES})[^,。]{{0,30}} (?:gönderildi|gönderilmiştir|şunu kullanarak gönderdim)\.?$|"
    r"(?:发自|發自)\s?(?:我的)?\s?.{1,30}$|[从從]我的\s?.{1,30}(?:发送|傳送|寄出)$|(?:나의|내) .{1,30}에서 보냄$"
)
_GET_OUTLOOK = re.compile(
    r"(?:Obtenez|Télécharger|Obtener|Obter|Descargar|Baixar|Scarica|Ottieni|Download|Hämta|Skaffa|Hent|Få|Pobierz|"
    r"Stáhnout|Získat|Hanki|Загрузить|Скачать|Получить|Отримати|Завантажити|获取|取得|下载|下載)\s?"
    r"(?:o |el |le |program |aplikację |aplikaci )?Outlook\s.{1,100}$|"
    r"Outlook (?:für|voor|for) \S{2,10}(?:<[^<>]{1,100}>)?\s?(?:beziehen|herunterladen|downloaden|holen)$|"
    r"(?:iOS|Android) için Outlook['’]?.{1,100}$|(?:取得|获取) (?:iOS|Android) 版 Outlook.{0,100}$|"
    r"(?:iOS|Android)용 Outlook.{1,100}$"
)
_LONGEST_FOOTER = 160


def is_footer(bare: str) -> bool:
    """Whether a stripped line is one that a phone, an app or a webmail adds."""
    if len(bare) > _LONGEST_FOOTER:
        return False
    if _SENT_FROM.match(bare):
        return True
    if "送信" in bare or "入手" in bare:
        return _JAPANESE.match(bare) is not None
    return "Outlook" in bare and _GET_OUTLOOK.match(bare) is not None
