"""Who appears in the demo: staff by name, and what consumers' names and addresses are made of."""

from decimal import Decimal

from smart360.staff.choices import Role

PASSWORD = "smart360-demo"  # noqa: S105  (printed for everybody, refused in production)

RECONNECTION_FEE = Decimal("45.00")

STAFF: tuple[tuple[str, str, Role], ...] = (
    ("cse", "Sarah Johnson", Role.CSE),
    ("callcentre", "Emily Davis", Role.CALL_CENTRE),
    ("recovery", "Robert Martinez", Role.RECOVERY),
    ("billing", "Angela Brooks", Role.BILLING),
    ("supervisor", "David Chen", Role.SUPERVISOR),
    ("dispatcher", "Lisa Wilson", Role.DISPATCHER),
    ("technician", "Mike Thompson", Role.TECHNICIAN),
    ("admin", "Patricia Moore", Role.ADMIN),
    ("karen.lee", "Karen Lee", Role.CSE),
    ("omar.farouk", "Omar Farouk", Role.CSE),
    ("priya.nair", "Priya Nair", Role.RECOVERY),
    ("tom.reed", "Tom Reed", Role.CALL_CENTRE),
    ("ana.ruiz", "Ana Ruiz", Role.TECHNICIAN),
    ("carlos.vega", "Carlos Vega", Role.TECHNICIAN),
    ("grace.kim", "Grace Kim", Role.TECHNICIAN),
)
"""User name, full name, role. The first eight are the sign-ins that ``dev run`` prints."""

FIRST_NAMES = (
    "Adelaide", "Ahmed", "Aisha", "Alejandro", "Amelia", "Anh", "Anita", "Arthur", "Beatriz",
    "Benjamin", "Bridget", "Caleb", "Carmen", "Chidi", "Clara", "Daniel", "Deepa", "Diego",
    "Dorothy", "Eleanor", "Elijah", "Esther", "Fatima", "Felix", "Florence", "Francisco",
    "Gabriel", "Grace", "Hana", "Harold", "Helen", "Hugo", "Ingrid", "Isaac", "Jamal", "Jerome",
    "José", "Julia", "Keiko", "Kwame", "Laila", "Leonard", "Lucille", "Malik", "Marcus",
    "Margaret", "Mateo", "Mei", "Miriam", "Nadia", "Naomi", "Noah", "Olga", "Oscar", "Patrick",
    "Pauline", "Rafael", "Raymond", "Renée", "Rosa", "Ruth", "Samuel", "Sanjay", "Sofia",
    "Stanley", "Svetlana", "Teresa", "Theodore", "Ursula", "Victor", "Vivian", "Walter", "Wanda",
    "Xavier", "Yolanda", "Yusuf", "Zoë",
)  # fmt: skip
LAST_NAMES = (
    "Abbott", "Acosta", "Adeyemi", "Ali", "Anderson", "Barnes", "Becker", "Bell", "Bennett",
    "Bianchi", "Brennan", "Brooks", "Burke", "Campbell", "Castillo", "Chowdhury", "Clarke",
    "Cohen", "Cruz", "Delgado", "Diaz", "Dubois", "Edwards", "Evans", "Fischer", "Fontaine",
    "Foster", "Garcia", "Ghosh", "Gómez", "Graham", "Greene", "Gupta", "Haddad", "Hall", "Hansen",
    "Hayes", "Hoffman", "Hughes", "Ibrahim", "Iyer", "Jackson", "Jensen", "Kaplan", "Kelly",
    "Khan", "Kim", "Kowalski", "Kumar", "Larsen", "Lee", "Lewis", "Lopez", "MacDonald", "Mbeki",
    "Medina", "Mehta", "Meyer", "Mitchell", "Morales", "Murphy", "Müller", "Nakamura", "Nguyen",
    "Novak", "O’Brien", "Okafor", "Ortiz", "Oyelaran", "Park", "Patel", "Pereira", "Peterson",
    "Petrov", "Quinn", "Raman", "Reyes", "Rivera", "Rossi", "Ryan", "Sato", "Schmidt", "Silva",
    "Singh", "Smiles", "Smithson", "Sullivan", "Suzuki", "Tanaka", "Thomas", "Torres", "Tran",
    "Turner", "Usman", "Vargas", "Walker", "Watanabe", "Weber", "Whitfield", "Williams", "Wong",
    "Young", "Zhang",
)  # fmt: skip
FIRMS = (
    "Whitmore Textiles Ltd", "Lakeside Bakery", "Prairie Dental Group", "Capitol Auto Repair",
    "Sangamon Coffee Roasters", "Oak Ridge Pharmacy", "Route 66 Diner", "Lincoln Print Works",
    "Heartland Laundry", "Greenway Nursery", "Union Square Books", "Mill Lane Foundry",
    "Northgate Veterinary", "Cedar Park Hotel", "Station Road Cold Storage", "Elm Grove Preschool",
)  # fmt: skip
STREETS = (
    "Adams Street", "Birch Court", "Capitol Avenue", "Cedar Lane", "Chestnut Lane", "Clay Street",
    "Cook Street", "Douglas Avenue", "Elm Street", "Enos Avenue", "Fayette Avenue", "Garden Street",
    "Glenwood Avenue", "Hillcrest Road", "Jefferson Street", "Lakeview Terrace", "Lawrence Avenue",
    "Lincoln Avenue", "MacArthur Boulevard", "Maple Avenue", "Mill Lane", "Monroe Street",
    "Oak Street", "Orchard Way", "Park Avenue", "Prairie View Drive", "Quarry Lane",
    "Ridgely Avenue", "South Grand Avenue", "Spring Street", "Station Road", "Stevenson Drive",
    "Vine Street",
    "Walnut Street", "Washington Street", "West Grand Avenue", "Wiggins Avenue", "Yates Street",
)  # fmt: skip
AREAS = {"62701": "Downtown", "62702": "North End", "62703": "South East", "62704": "West Side"}
TECHNICIANS: dict[str, tuple[tuple[str, ...], tuple[str, ...], int]] = {
    "technician": (("Downtown", "North End"), ("Electricity", "Water"), 480),
    "ana.ruiz": (("North End", "West Side"), ("Electricity", "Gas"), 480),
    "carlos.vega": (("South East",), ("Electricity", "Water", "Gas"), 480),
    "grace.kim": ((), ("Water", "Gas"), 360),
}
"""User name → areas (none: every area), skills, minutes a day."""
CATEGORIES: dict[str, tuple[str, ...]] = {
    "Residential": ("Standard", "Senior", "Low income"),
    "Commercial": ("Small business", "Retail", "Hospitality"),
    "Industrial": ("Light industry",),
}
METERS = {
    "ELECTRICITY": ("EM", "kWh", ("Smart, single phase", "Smart, three phase", "Electronic")),
    "WATER": ("WM", "m³", ("Ultrasonic", "Multi-jet")),
    "GAS": ("GM", "m³", ("Diaphragm", "Smart diaphragm")),
}
MODELS = {"ELECTRICITY": ("Voltis 3", "Landis E450"), "WATER": ("Aquaflow X200", "Aquaflow X100"),
          "GAS": ("Gasline G4",)}  # fmt: skip
USAGE = {"ELECTRICITY": (180, 950), "WATER": (6, 32), "GAS": (20, 140)}
"""Monthly consumption of a household, least and most, in the meter's unit."""

NOTES = (
    "", "", "", "Customer requested morning slot due to work schedule", "Gate code at the office",
    "Dog in the yard, ring first", "Tenant moves out at the end of the week",
    "Call the mobile number before coming", "Meter is in the basement, key with the neighbour",
    "Building will be renovated",
)  # fmt: skip
ANSWERS = (
    "Thank you for your call. We have noted your request and will keep you informed.",
    "A colleague will confirm the visit the day before.",
    "We have received your documents. Nothing else is needed from you.",
    "Your request is with our field team. You can follow it with the link in our first message.",
)
INTERNAL = (
    "Consumer called twice, prefers e-mail.",
    "Address checked against the premise, all right.",
    "Waiting for the landlord to confirm.",
    "Spoke to the field team, no obstacles on site.",
)
