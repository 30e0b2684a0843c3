// The entry of every question card: its kind names its field.

import { renderCard } from "./card.js";
import { choiceField } from "./choice.js";
import { matchingField } from "./matching.js";
import { openField } from "./open.js";
import { orderingField } from "./ordering.js";

const FIELDS = { open: openField, choice: choiceField, ordering: orderingField, matching: matchingField };

export default { render: (view) => renderCard(view, FIELDS[view.model.get("content").kind]) };
