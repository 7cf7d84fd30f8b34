namespace Offproof.Phone;

static class LatinWords
{
    internal static readonly Tongue Table = new("Latin", " ", "{1} {0}",
        [
            "Zoë", "Søren", "Łucja", "Ángela", "Çağla", "Jiří", "Þóra", "Françoise", "Nuño", "Ēriks", "Tiên", "Jürgen", "Åse", "Desirée", "Mihály",
            "Ștefan", "Anaïs", "Oisín", "Marta", "Tom",
        ],
        [
            "Ashgrove", "Bøkelund", "Černohorský", "Dąbrowka", "Évrard", "Fjällbäck", "Gümüşay", "Hölderbach", "Íñiguez", "Jörundsson", "Křenek",
            "Łąkowska", "Müllenhoff", "Núñez-Prado", "O’Fearna", "Põldmaa", "Quiñonero", "Šimůnek", "Țărăncea", "Wrzosek",
        ],
        [
            "Are you coming on Saturday?",
            "I left the keys with the neighbour, the green door.",
            "Ça marche, à tout à l’heure à la gare.",
            "Kannst du bitte noch Brot und Käse mitbringen?",
            "The train is late again, start without me.",
            "¿Quedamos mañana a las siete y media?",
            "Zażółć gęślą jaźń, that is all I remember of it.",
            "Jeg ringer når møtet er over.",
            "Mum says thank you for the flowers.",
            "Příští týden budu zase doma.",
            "The doctor said it is nothing to worry about.",
            "Obrigada, já cheguei ao hotel.",
            "Don’t forget the blue folder, it’s on the piano.",
            "Akşam yemeğine geç kalacağım, kusura bakma.",
            "Please tell nobody yet, we want to surprise her.",
            "Voi olla että tulen vasta yöllä.",
            "I paid the rent, half of it is yours.",
            "Köszönöm a segítséget, sokat jelentett.",
            "The code of the garden gate is still the old one.",
            "Tot straks, ik neem de fiets.",
        ],
        [
            "Things to ask", "Trip to the lake", "Käsekuchen nach Oma", "Garden", "Liste de courses", "Measurements of the hall",
            "Ideas for the choir", "Wi-Fi of the cabin",
        ],
        [
            "oat milk", "bread, two loaves", "piles rondes", "Wäscheklammern", "stamps", "light bulb for the hall", "jabłka", "café moulu",
            "string and tape", "passport photos",
        ],
        [
            "home", "Übung", "travel", "café", "school",
        ],
        [
            "Larkhaven", "Fernmouth", "Sankt Lantern", "Lampebourg", "Valdefarol",
        ],
        [
            "Heather Lane", "Rue de l’Étang-Clair", "Weiherstraße", "Calle del Farolillo", "Østre Lyktevei",
        ]);
}
