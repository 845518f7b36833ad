/* Medusa's promotion utilities on a scene: `node medusa.cjs SCENE` in a folder that has @medusajs/promotion.
 *
 * The promotions in effect as its module would have loaded them; a basket is priced as its `computeActions` does it
 * once it has read them: sorted, rules tested, actions computed. No database takes part.
 */
const { readFileSync } = require("node:fs");
const { createInterface } = require("node:readline");
const from = (name) => require(require.resolve(name, { paths: [process.cwd()] }));
const { getComputedActionsForBuyGet, getComputedActionsForItems, sortByBuyGetType } = from(
  "@medusajs/promotion/dist/utils/compute-actions"
);
const { areRulesValidForContext } = from("@medusajs/promotion/dist/utils/validations");
const { version } = from("@medusajs/promotion/package.json");

const scene = JSON.parse(readFileSync(process.argv[2], "utf-8"));
const rule = (skus) => [{ attribute: "items.product.id", operator: "in", values: skus.map((value) => ({ value })) }];
const listed = (each) =>
  each.of ? each.of.skus ?? [] : (each.slots ?? each.buy).flatMap((slot) => slot.of.skus);

const standard = (each, type, value) => ({
  code: each.id,
  type: "standard",
  rules: [],
  application_method: { type, value, target_type: "items", allocation: "each", max_quantity: 99, target_rules: rule(listed(each)) },
});
const buyGet = (each, buys, least, gets, type, value) => ({
  code: each.id,
  type: "buyget",
  rules: [],
  application_method: {
    type, value, target_type: "items", allocation: "each", max_quantity: 99,
    buy_rules: rule(buys), buy_rules_min_quantity: least, target_rules: rule(gets), apply_to_quantity: 1,
  },
});

/* A promotion of ours as one of theirs; nothing where they have no such. */
const theirs = (each) => {
  const own = each.kind === "points" || each.kind === "spend" ? [] : listed(each);
  const cheapest = () => Math.min(...own.map((sku) => scene.goods[sku]));
  switch (each.kind) {
    case "percent": return standard(each, "percentage", each.percent);
    case "amount": return standard(each, "fixed", each.amount);
    case "price": return standard(each, "fixed", cheapest() - each.price);
    case "nth": return buyGet(each, own, each.size - 1, own, "percentage", each.percent);
    case "multibuy": return buyGet(each, own, each.size - 1, own, "fixed", Math.max(1, each.size * cheapest() - each.price));
    case "bundle": return buyGet(each, each.slots[0].of.skus, 1, each.slots[1].of.skus, "percentage", each.percent);
    case "addon": {
      const gets = each.get.of.skus;
      const off = Math.max(1, Math.min(...gets.map((sku) => scene.goods[sku])) - each.get.price);
      return buyGet(each, each.buy[0].of.skus, 1, gets, "fixed", off);
    }
    case "tiers": return buyGet(each, own, each.tiers[0].count - 1, own, "percentage", each.tiers[0].percent);
    case "spend": return {
      code: each.id, type: "standard",
      rules: [{ attribute: "subtotal", operator: "gte", values: [{ value: `${each.tiers[0].spend}` }] }],
      application_method: { type: "fixed", value: each.tiers[0].off, target_type: "order" },
    };
    default: return null;
  }
};

const promotions = scene.promotions.map(theirs).filter((each) => each !== null);
const contexts = scene.baskets.map((lines) => {
  const items = lines.map((line) => {
    const quantity = line.quantity / 1000;
    const subtotal = quantity * scene.goods[line.sku];
    return { id: `line-${line.line}`, product: { id: line.sku }, quantity, subtotal, original_total: subtotal, is_discountable: true };
  });
  return { items, subtotal: items.reduce((sum, item) => sum + item.subtotal, 0) };
});

const priced = (context) => {
  const values = new Map(), buys = new Map(), targets = new Map(), actions = [];
  for (const promotion of [...promotions].sort(sortByBuyGetType)) {
    if (!areRulesValidForContext(promotion.rules, context, "order")) continue;
    actions.push(
      ...(promotion.type === "buyget"
        ? getComputedActionsForBuyGet(promotion, context.items, values, buys, targets)
        : getComputedActionsForItems(
            promotion, context.items, values, promotion.application_method.target_type === "order" ? "across" : undefined
          ))
    );
  }
  return actions;
};

console.log(`${promotions.length} promotions, @medusajs/promotion ${version}`);
createInterface({ input: process.stdin }).on("line", (line) => {
  const context = contexts[Number(line) % contexts.length];
  const begun = process.hrtime.bigint(), used = process.cpuUsage();
  const actions = priced(context);
  const taken = process.hrtime.bigint() - begun, { user, system } = process.cpuUsage(used);
  console.log(`${taken} ${(user + system) * 1000} ${Math.round(actions.reduce((sum, each) => sum + Number(each.amount ?? 0), 0))}`);
});
