"""Sector and tech mark of a firm, from the industry words that lists use. A guess for filtering, never for matching."""

from __future__ import annotations

import re


def _words(text: str) -> list[str]:
    return text.split()


SECTORS = frozenset(
    _words("""
    aerospace ai automotive autonomous_driving battery biotech cloud_software consumer_electronics display
    drones ecommerce eda_ip education electronics_manufacturing energy finance fintech games industrial_software
    internet logistics medical_devices other quantum robotics security semiconductor_equipment semiconductors
    smart_home social_content telecom telecom_equipment
    """)
)
TECH_SECTORS = SECTORS - {"energy", "finance", "education", "logistics", "other", "automotive"}

_BY_INDUSTRY = {
    "半导体": "semiconductors", "元器件": "electronics_manufacturing", "软件服务": "cloud_software", "互联网": "internet",
    "通信设备": "telecom_equipment", "电信运营": "telecom", "IT设备": "electronics_manufacturing", "家用电器": "smart_home",
    "医疗保健": "medical_devices", "生物制药": "biotech", "化学制药": "biotech", "航空": "aerospace", "汽车整车": "automotive",
    "汽车配件": "automotive", "汽车服务": "automotive", "摩托车": "automotive", "银行": "finance", "证券": "finance", "保险": "finance",
    "多元金融": "finance", "仓储物流": "logistics", "水运": "logistics", "空运": "logistics", "铁路": "logistics", "港口": "logistics",
    "火力发电": "energy", "水力发电": "energy", "新型电力": "energy", "石油开采": "energy", "石油加工": "energy", "石油贸易": "energy",
    "煤炭开采": "energy", "供气供热": "energy", "文教休闲": "other", "Semiconductors & Semiconductor Equipment": "semiconductors",
    "Software": "cloud_software", "IT Services": "cloud_software", "Communications Equipment": "telecom_equipment",
    "Electronic Equipment, Instruments & Components": "electronics_manufacturing", "Biotechnology": "biotech",
    "Technology Hardware, Storage & Peripherals": "consumer_electronics", "Pharmaceuticals": "biotech", "Life Sciences Tools & Services": "biotech",
    "Health Care Equipment & Supplies": "medical_devices", "Health Care Technology": "medical_devices",
    "Interactive Media & Services": "social_content", "Internet & Direct Marketing Retail": "ecommerce", "Entertainment": "games",
    "Aerospace & Defense": "aerospace", "Automobiles": "automotive", "Auto Components": "automotive", "Banks": "finance",
    "Capital Markets": "finance", "Insurance": "finance", "Diversified Financial Services": "finance", "Consumer Finance": "finance",
    "Diversified Telecommunication Services": "telecom", "Wireless Telecommunication Services": "telecom",
    "Air Freight & Logistics": "logistics", "Marine": "logistics", "Electric Utilities": "energy", "Gas Utilities": "energy",
    "Oil, Gas & Consumable Fuels": "energy", "Independent Power and Renewable Electricity Producers": "energy",
    "Diversified Consumer Services": "education", "资讯科技器材": "electronics_manufacturing", "药品及生物科技": "biotech",
}  # fmt: skip

_BY_WORD = (
    (r"semiconduct|microelectron|integrated circuit|\bchips?\b|\bic\b|wafer|foundry|memory", "semiconductors"),
    (r"lithograph|etching", "semiconductor_equipment"),
    (r"quantum", "quantum"),
    (r"artificial intelligence|\bai\b|intelligen|facial|vision|speech|iflytek", "ai"),
    (r"\buav|unmanned|drone", "drones"),
    (r"aerospace|aviation|aircraft|aero\b|rocket|satellite|missile|space", "aerospace"),
    (r"supercomput|cloud|software|big data|data\b|information", "cloud_software"),
    (r"telecom|communication", "telecom_equipment"),
    (r"electron|optic|laser|photon|display|sensor|infrared|radar", "electronics_manufacturing"),
    (r"biotech|gene|genom|pharma", "biotech"),
    (r"robot", "robotics"),
    (r"batter", "battery"),
)


def sector_of_industry(*industries: str) -> str:
    """Return the sector of the first industry word that is known, else `other`."""
    return next((_BY_INDUSTRY[industry] for industry in industries if industry in _BY_INDUSTRY), "other")


def sector_of_name(english: str) -> str:
    """Return the sector that the words of an English name suggest, else `other`."""
    name = english.lower()
    return next((sector for pattern, sector in _BY_WORD if re.search(pattern, name)), "other")


def is_tech(sector: str) -> bool:
    """Tell whether firms of a sector count as tech firms by default."""
    return sector in TECH_SECTORS
