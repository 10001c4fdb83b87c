"""Names and words the made-up organisation and its correspondents are built from."""


def _words(text: str) -> list[str]:
    return text.split()


OWN_DOMAIN = "aldermoor.example"
COMPANY = "Aldermoor Group"

GIVEN_NAMES = _words(
    "Olivia Amelia Isla Ava Mia Freya Grace Emily Sophie Charlotte Alice Hannah Lucy Nora Clara Ingrid Astrid "
    "Greta Lena Anja Katrin Marie Camille Chloe Juliette Lucia Elena Carmen Paula Giulia Chiara Aisha Fatima "
    "Priya Anika Mei Yuki Sora Naledi Amara Oliver George Noah Arthur Harry Leo Jack Oscar Henry Thomas James "
    "William Samuel Daniel Lukas Felix Jonas Paul Maximilian Lars Erik Nils Mateusz Piotr Pierre Antoine Hugo Luc "
    "Diego Pablo Marco Matteo Luca Omar Yusuf Ravi Arjun Wei Kenji Hiroshi Kwame Tunde Sipho Zoë José Łukasz "
    "Søren"
)
SURNAMES = _words(
    "Smith Jones Taylor Brown Williams Wilson Johnson Davies Robinson Wright Thompson Evans Walker White Roberts "
    "Green Hall Wood Jackson Clarke Patel Khan Lewis James Phillips Mason Hughes Müller Schmidt Schneider Fischer "
    "Weber Meyer Wagner Becker Schulz Hoffmann Koch Richter Klein Wolf Neumann Schwarz Zimmermann Braun Krüger "
    "Martin Bernard Dubois Thomas Robert Petit Durand Leroy Moreau Simon Laurent Garcia Martinez Lopez Sanchez "
    "Perez Gomez Rossi Russo Ferrari Esposito Bianchi Romano Kowalski Nowak Wiśniewski Hansen Johansen Olsen "
    "Larsen Andersson Nilsson Virtanen Korhonen Okafor Adeyemi Mensah Dlamini Singh Sharma Gupta Reddy Chen Wang "
    "Liu Tanaka Suzuki Sato Kim Park Nguyen Tran"
)

# department, share of people, job titles
DEPARTMENTS: list[tuple[str, float, tuple[str, ...]]] = [
    ("Executive", 0.015, ("Chief Executive Officer", "Chief Financial Officer", "Chief Operating Officer", "Director")),
    ("Finance", 0.09, ("Accountant", "Accounts Payable Clerk", "Financial Controller", "Treasury Analyst")),
    ("Human Resources", 0.05, ("HR Business Partner", "Recruiter", "Payroll Specialist")),
    ("Information Technology", 0.10, ("Systems Engineer", "Service Desk Analyst", "Network Engineer", "Developer")),
    ("Legal", 0.03, ("Counsel", "Paralegal", "Compliance Officer")),
    ("Sales", 0.20, ("Account Manager", "Sales Representative", "Regional Sales Manager")),
    ("Marketing", 0.07, ("Brand Manager", "Content Editor", "Campaign Manager")),
    ("Procurement", 0.04, ("Buyer", "Category Manager", "Supplier Manager")),
    ("Engineering", 0.19, ("Mechanical Engineer", "Design Engineer", "Test Engineer", "Project Engineer")),
    ("Operations", 0.145, ("Production Planner", "Shift Supervisor", "Logistics Coordinator", "Warehouse Lead")),
    ("Customer Service", 0.07, ("Service Agent", "Team Lead")),
]
# country, city, share of people
SITES: list[tuple[str, str, float]] = [
    ("GB", "Leeds", 0.42), ("DE", "Bremen", 0.22), ("US", "Columbus", 0.16), ("FR", "Lyon", 0.09),
    ("PL", "Gdansk", 0.07), ("IN", "Pune", 0.04),
]  # fmt: skip

PARTNER_STEMS = _words(
    "alder ash beacon birch bright brook cedar clear copper coral crest delta dune east ember falcon fern field "
    "fjord flint forge glen grand granite green harbor hazel heath high hill iron ivy lake lark laurel maple "
    "marble meadow mill moor north oak ocean opal orchard peak pine prime quarry quill raven reed ridge river "
    "rowan sable sage silver slate sol south spring sterling stone summit swift tide timber vale vector vista "
    "west willow wind wren"
)
PARTNER_TAILS = _words(
    "works logistics partners systems supply consulting engineering foods textiles metals freight energy legal "
    "print media labs steel tools motors plastics packaging insurance bank travel clinic press design security "
    "data"
)
PROJECTS = _words(
    "Aurora Bluebird Caldera Drumlin Everest Fulcrum Granary Horizon Iris Juniper Keystone Lantern Meridian "
    "Nimbus Orchid Pinnacle Quartz Riverside Saffron Trellis Umbra Voyager Windmill Xenon Yarrow Zephyr"
)
WORK_SUBJECTS = (
    "{project}: status of this week", "Minutes of the {project} meeting", "{project} budget, second draft",
    "Re: {project} delivery dates", "Re: drawings for {project}", "Invoice for {project}",
    "Order confirmation {project}",
    "Question about {project}", "Fwd: {project} test report", "{project} kick-off", "Holiday cover for {project}",
    "Re: Re: contract {project}", "Lunch on Thursday?", "Timesheets are due", "Meeting room for {project}",
    "Purchase order for {project}", "Delivery note {project}", "Travel plans {project}", "Feedback on {project} please",
    "Interview on Tuesday", "Updated price list {project}", "Re: Quote for {project}", "Weekly report {project}",
    "{project} risk register", "Thank you", "Site visit {project}", "Re: support ticket {project}",
    "Signed copy {project}",
    "Angebot {project}", "Rechnung {project}", "Compte rendu {project}", "Zamówienie {project}",
)  # fmt: skip
BULK_SUBJECTS = (
    "Your weekly digest", "{month} newsletter", "Webinar: {topic} in practice", "Save 20 % on {topic}",
    "What is new in {topic}", "Five things to know about {topic}", "Join us: {topic} day", "Your receipt",
    "Last chance: {topic}", "{topic} jobs for you", "People are talking about {topic}", "Reminder: survey on {topic}",
)  # fmt: skip
TOPICS = (
    "logistics", "lean production", "steel prices", "data protection", "sales training", "fleet management", "payroll",
    "machine safety", "export control", "office chairs", "cloud accounting", "leadership", "energy saving", "welding",
)  # fmt: skip
MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
WORK_FILES = (
    "minutes.docx", "budget.xlsx", "drawing.pdf", "offer.pdf", "invoice.pdf", "photo.jpg", "logo.png", "contract.pdf",
    "presentation.pptx", "report.pdf", "timesheet.xlsx", "delivery note.pdf", "scan.pdf", "image001.png", "plan.mpp",
    "measurements.csv", "signature.gif", "Zeichnung größe A.pdf", "archive.zip", "order.xml",
)  # fmt: skip
