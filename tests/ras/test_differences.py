"""What changed between two assessments is told in words, and only from their two workings."""

import json
import re
from copy import deepcopy
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ras import Assessment, assess, read_plan, read_policy
from ras import testing as some
from ras.differences import (
    Difference,
    DifferenceKind,
    allocation,
    amount,
    differences,
    explained,
    modifier,
    score,
)
from ras.differences.difference import CHANGES_NOTHING
from ras.reading import read_yaml
from ras.statement import SENTENCES
from ras.testing import Case
from ras.working import Horizon, Step
from tests.ras.examples import changed, plan_data, policy_data

ON = date(2026, 10, 1)
LATER = date(2027, 4, 1)
NUMBER = re.compile(r"\d+(?:,\d{3})*(?:\.\d+)?")
WORD = re.compile(r"\w+")
TABLES = read_yaml("""
price-per-point:
  prices:
    - title: Far away
      when: {circumstances: [{circumstance: area, is_one_of: [remote]}]}
      price_pence: "12000"
      deductible_pence: 500_00
    - {title: Nearer, price_pence: "10000"}
banded:
  bands:
    - {from_points: "0", before_points: "30", amount_pence: 1_000_00}
    - {from_points: "30", amount_pence: 4_000_00}
level-table:
  levels:
    - {code: low, title: Low, amount_pence: 1_000_00}
    - {code: high, title: High, amount_pence: 3_000_00}
  rules:
    - level: high
      because: an answer is “Most of the day” or more
      when: {reached: [{level: frequent, at_least: 1}]}
    - {level: low, because: no answer is so high}
rules:
  levels:
    - {code: low, title: Low, value: "1"}
    - {code: high, title: High, value: "2"}
  rules:
    - level: high
      because: an answer is “Most of the day” or more
      when: {reached: [{level: frequent, at_least: 1}]}
    - {level: low, because: no answer is so high}
weight-x-base:
  weights:
    - {title: Band B, when: {reached: [{level: frequent, at_least: 1}]}, weight: "2"}
    - {title: Band A, weight: "1"}
  base_rates:
    - {title: Under eight, when: {age: {before_age: 8}}, base_pence: "100000"}
    - {title: From eight, base_pence: "150000"}
percentile:
  scores:
    - {percentile: "0", points: "0"}
    - {percentile: "100", points: "50"}
  costs:
    - {percentile: "0", amount_pence: 0}
    - {percentile: "100", amount_pence: 10_000_00}
regression:
  link: square-root
  intercept: "20"
  terms:
    - {title: The score, coefficient: "0.5", variables: [{kind: score}]}
    - title: Brothers and sisters, by age
      coefficient: "0.1"
      variables: [{kind: count, circumstance: disabled-siblings}, {kind: age}]
lookup-matrix:
  sides:
    - {kind: circumstance, circumstance: area}
  rows:
    - {answers: [town], title: In a town, amount_pence: 1_000_00}
    - {answers: [village], title: In a village, amount_pence: 2_000_00}
    - {answers: [remote], title: Far from both, amount_pence: 3_000_00}
line-items:
  items:
    - code: nights
      title: Help at night
      unit: hours
      by_level:
        domain: independence
        quantities:
          - {level: none, quantity: "0"}
          - {level: now-and-then, quantity: "50"}
          - {level: regular, quantity: "100"}
          - {level: frequent, quantity: "200"}
          - {level: constant, quantity: "300"}
      less_present_in: independence
      rate_pence: "1500"
    - code: clubs
      title: Clubs
      unit: sessions
      quantity: "10"
      for_each: disabled-siblings
      rate_pence: "2000"
    - code: travel
      title: Travel
      unit: trips
      when: {circumstances: [{circumstance: area, is_one_of: [remote]}]}
      quantity: "12"
      rate_pence: "1000"
composite:
  how: sum
  parts:
    - code: planning
      title: The planning amount
      allocation:
        variant: banded
        source: schedule B1
        bands:
          - {from_points: "0", before_points: "30", amount_pence: 1_000_00}
          - {from_points: "30", amount_pence: 4_000_00}
    - code: travel
      title: The travel amount
      allocation:
        variant: lookup-matrix
        source: schedule B2
        sides: [{kind: circumstance, circumstance: area}]
        rows:
          - {answers: [town], title: In a town, amount_pence: 100_00}
          - {answers: [village], title: In a village, amount_pence: 200_00}
          - {answers: [remote], title: Far from both, amount_pence: 300_00}
""")
"""A small table of every kind that the example policy does not use."""
WITHOUT_SCORE = {"level-table", "rules", "weight-x-base", "lookup-matrix", "line-items"}
"""Tables that are read by the answers themselves."""
WORTH: dict[str, list[dict[str, Any]]] = {
    "none": [{}] * 4,
    "hours": [{"hours": hours} for hours in ("0", "20", "50", "100")],
    "carer-sum": [{"carer_pence": pence} for pence in (0, 100_00, 250_00, 600_00)],
}
"""By mode, what each contribution of the example policy is worth."""

CASES = read_yaml("""
# The example policy, in which a number is another, or the example plan.
- rules: {rate_card.items.personal-assistant.prices.0.price_pence: 14_00}
  kind: prices
  told:
    - "Personal assistant employed by the family (hours): the price of each was £13.50 before. Now it is
       £14."
- rules: {rate_card.items.personal-assistant.prices.0.on_costs.0.percent: "10"}
  kind: prices
  told:
    - "Personal assistant employed by the family: what comes on top of the price was 18.57% before. Now it
       is 16.5%."
- plan: {lines.2.quantity: "2"}
  kind: plan
  told:
    - "Overnight short break (nights): the plan had 4 a year before. Now it has 2 a year."
- plan: {lines.1.weeks: 20}
  kind: plan
  told:
    - "Activity club with support (sessions): the plan had 1 a week, 39 times a year before. Now it has 1 a
       week, 20 times a year."
- plan: {lines.2.horizons: [long]}
  kind: plan
  told:
    - "Overnight short break (nights): this is no longer in this part of the plan. It cost £1,140 a year."
- plan: {resources.1.contribution: much}
  kind: resources
  told:
    - "Good relationships with family and community: what is already there took off 1 point before
       (community: a little). Now it takes off 6 points (community: much of it)."
- plan: {resources.0.will_last: false}
  kind: resources
  told:
    - "Independence skills: what was already there (family: some of it) took off 3 points. Now nothing is
       taken off."
- plan: {resources.2.will_last: true}
  kind: resources
  told:
    - "Behaviour management: nothing was taken off before. Now what is already there (family: some of it)
       takes off 3 points."
- rules: {resources_present.contributions.some.points: "4"}
  kind: rules
  told:
    - "Independence skills: what is already there took off 3 points before (family: some of it). Now it
       takes off 4 points (family: some of it)."
- plan: {circumstances.0.choice: town}
  kind: circumstances
  told:
    - "Living far from services: before, the amount was multiplied by 1.08. Now this does not apply."
- plan: {circumstances.1.count: 1}
  kind: circumstances
  told:
    - "Disabled brothers and sisters: this did not apply before. Now £400 a year is added, because you care
       for more than one disabled child."
- rules: {modifiers.remote-area.factor: "1.05"}
  kind: rules
  told:
    - "Living far from services: before, the amount was multiplied by 1.08. Now, the amount is multiplied by
       1.05."
- rules: {domains.independence.levels.frequent.points: "15"}
  plan: {needs.independence.family_levels: null}
  kind: rules
  told:
    - "Independence skills: the answer “Most of the day” gave 16 points before. Now it gives 15 points."
- rules: {domains.independence.weight: "0.5"}
  plan: {needs.independence.family_levels: null}
  kind: rules
  told:
    - "Independence skills: its points were multiplied by 1 before. Now they are multiplied by 0.5."
- rules: {scoring.scale: "0.9"}
  kind: rules
  told:
    - "All areas together were multiplied by 1 before. Now they are multiplied by 0.9."
- rules: {bounds.hard_cap_pence: 4_000_00, bounds.soft_cap_pence: 3_000_00}
  kind: rules
  told:
    - "Before, no lowest or highest amount changed it. Now it is cut to the highest one of the policy,
       £4,000 a year."
- rules: {rounding.step_pence: 5_00}
  kind: rules
  told:
    - "The amount was rounded to a multiple of £1, to the nearest (a half goes up). Now it is rounded to a
       multiple of £5, to the nearest (a half goes up)."
- rules: {domains.independence.applies_if: {age: {before_age: 5}}}
  plan: {needs.independence.levels: {short: not-applicable, medium: not-applicable, long: not-applicable},
      needs.independence.family_levels: null}
  kind: circumstances
  told:
    - "Independence skills: the answer was “Most of the day”, 16 points. Now this is not asked."

# Under one policy: what made its kind of table come to another amount.
- table: price-per-point
  plan: {needs.independence.levels.short: regular}
  kind: needs
  told:
    - "The score was 31 points before, which gave £3,220 a year. Now it is 24 points, which gives £2,380 a
       year."
- table: price-per-point
  plan: {circumstances.0.choice: town}
  kind: circumstances
  told:
    - "Each point was worth £120 a year before. Now each is worth £100 a year."
    - "The sum taken off was £500 a year before. Now it is £0 a year."
    - "For 31 points the amount was £3,220 a year before (Far away). Now it is £3,100 a year (Nearer)."
- table: banded
  plan: {needs.independence.levels.short: regular}
  kind: needs
  told:
    - "The score was 31 points before, which gave £4,000 a year. Now it is 24 points, which gives £1,000 a
       year."
- table: level-table
  plan: {needs.independence.levels.short: regular}
  kind: needs
  told:
    - "Independence skills: the answer was “Most of the day”. Now it is “Every day”."
    - "The level was “High” before, because an answer is “Most of the day” or more. Now it is “Low”, because
       no answer is so high."
    - "“High” was worth £3,000 a year before. Now “Low” is worth £1,000 a year."
    - "The indicative amount was £3,240 a year before. Now it is £1,080 a year."
- table: rules
  plan: {needs.independence.levels.short: regular}
  kind: needs
  told:
    - "The level was “High” (2) before, because an answer is “Most of the day” or more. Now it is “Low” (1),
       because no answer is so high."
- table: weight-x-base
  plan: {needs.independence.levels.short: regular}
  kind: needs
  told:
    - "A weight of 2 (Band B) times £1,500 a year (From eight) made £3,000 a year before. Now a weight of 1
       (Band A) times £1,500 a year (From eight) makes £1,500 a year."
- table: weight-x-base
  plan: {born_on: "2020-06-14"}
  kind: circumstances
  told:
    - "A weight of 2 (Band B) times £1,500 a year (From eight) made £3,000 a year before. Now a weight of 2
       (Band B) times £1,000 a year (Under eight) makes £2,000 a year."
- table: percentile
  plan: {needs.independence.levels.short: regular}
  kind: needs
  told:
    - "A score of 31 points had place 62 before. Now a score of 24 points has place 48."
    - "Support at place 62 cost £6,200 a year before. Now support at place 48 costs £4,800 a year."
- table: regression
  plan: {needs.independence.levels.short: regular}
  kind: needs
  told:
    - "The score: 0.5 times 31 made 15.5 before. Now 0.5 times 24 makes 12."
    - "The sum was 35.5 before. Times itself, that made £1,260.25 a year. Now the sum is 32. Times itself,
       that makes £1,024 a year."
- table: regression
  plan: {circumstances.1.count: 2}
  kind: circumstances
  told:
    - "Brothers and sisters, by age: 0.1 times 0 times 11 made 0 before. Now 0.1 times 2 times 11 makes
       2.2."
- table: lookup-matrix
  plan: {circumstances.0.choice: town}
  kind: circumstances
  told:
    - "The answers together (Far from both) were worth £3,000 a year before. Now the answers together (In a
       town) are worth £1,000 a year."
- table: line-items
  plan: {needs.independence.levels.short: regular}
  kind: needs
  told:
    - "Help at night (hours): the answer “Most of the day” gave 200 before. Now the answer “Every day” gives
       100."
    - "Help at night (hours): 200 at £15 each made £3,000 a year before. Now 100 at £15 each makes £1,500 a
       year."
    - "All items together made £3,120 a year before. Now all items together make £1,620 a year."
- table: line-items
  plan: {circumstances.1.count: 2}
  kind: circumstances
  told:
    - "Clubs (sessions): there were 10 for each of 0 before. Now there are 10 for each of 2."
    - "Clubs (sessions): 0 at £20 each made £0 a year before. Now 20 at £20 each makes £400 a year."
- table: line-items
  plan: {circumstances.0.choice: town}
  kind: circumstances
  told:
    - "Travel (trips): 12 at £10 each made £120 a year before. Now this does not apply."
- table: composite
  plan: {needs.independence.levels.short: regular, circumstances.0.choice: town}
  kind: needs
  told:
    - "The score was 31 points before, which gave £4,000 a year. Now it is 24 points, which gives £1,000 a
       year."
    - "The planning amount came to £4,000 a year before. Now it comes to £1,000 a year."
    - "The answers together (Far from both) were worth £300 a year before. Now the answers together (In a
       town) are worth £100 a year."
    - "The travel amount came to £300 a year before. Now it comes to £100 a year."
    - "Added up, the parts came to £4,300 a year before. Now, added up, the parts come to £1,100 a year."

# Another policy: which number of its table is another.
- table: price-per-point
  rules: {allocation.prices.0.price_pence: "11000"}
  kind: rules
  told:
    - "Each point was worth £120 a year before. Now each is worth £110 a year."
    - "For 31 points the table gave £3,220 a year before. Now it gives £2,910 a year."
- table: banded
  rules: {allocation.bands.1.amount_pence: 3_500_00}
  kind: rules
  told:
    - "For 31 points the table gave £4,000 a year before. Now it gives £3,500 a year."
- table: level-table
  rules: {allocation.levels.high.amount_pence: 2_500_00}
  kind: rules
  told:
    - "“High” was worth £3,000 a year before. Now “High” is worth £2,500 a year."
- table: rules
  rules: {allocation.levels.high.value: "3"}
  kind: rules
  told:
    - "The level was “High” (2) before, because an answer is “Most of the day” or more. Now it is “High”
       (3), because an answer is “Most of the day” or more."
- table: weight-x-base
  rules: {allocation.base_rates.1.base_pence: "140000"}
  kind: rules
  told:
    - "A weight of 2 (Band B) times £1,500 a year (From eight) made £3,000 a year before. Now a weight of 2
       (Band B) times £1,400 a year (From eight) makes £2,800 a year."
- table: percentile
  rules: {allocation.scores.1.points: "62", allocation.costs.1.amount_pence: 9_000_00}
  kind: rules
  told:
    - "A score of 31 points had place 62 before. Now a score of 31 points has place 50."
    - "Support at place 62 cost £6,200 a year before. Now support at place 50 costs £4,500 a year."
    - "For place 100 the table gave £10,000 a year before. Now it gives £9,000 a year."
- table: regression
  rules: {allocation.intercept: "21", allocation.terms.0.coefficient: "0.4"}
  kind: rules
  told:
    - "The formula started at 20 before. Now it starts at 21."
    - "The score: 0.5 times 31 made 15.5 before. Now 0.4 times 31 makes 12.4."
    - "The sum was 35.5 before. Times itself, that made £1,260.25 a year. Now the sum is 33.4. Times itself,
       that makes £1,115.56 a year."
- table: regression
  rules: {allocation.link: identity}
  kind: rules
  told:
    - "The sum was 35.5 before. Times itself, that made £1,260.25 a year. Now the sum is 35.5: £35.50 a
       year."
- table: regression
  rules: {allocation.link: log, allocation.intercept: "-8.5", allocation.terms.1: {title: Everyone,
      coefficient: "1", variables: [{kind: when, when: {}}]}}
  kind: rules
  told:
    - "Brothers and sisters, by age: this made 0 before. Now it does not count."
    - "Everyone: this is new. It makes 1."
    - "The sum was 35.5 before. Times itself, that made £1,260.25 a year. Now the sum is 8. The number e to
       the power of it is about £2,980.96 a year."
- table: lookup-matrix
  rules: {allocation.rows.2.amount_pence: 2_500_00}
  kind: rules
  told:
    - "The answers together (Far from both) were worth £3,000 a year before. Now the answers together (Far
       from both) are worth £2,500 a year."
- table: line-items
  rules: {allocation.items.nights.rate_pence: "1400"}
  kind: rules
  told:
    - "Help at night (hours): 200 at £15 each made £3,000 a year before. Now 200 at £14 each makes £2,800 a
       year."
- table: line-items
  rules: {allocation.items.nights.at_most: "150"}
  kind: rules
  told:
    - "Help at night (hours): now this is cut to the highest number of the policy, 150."
    - "Help at night (hours): 200 at £15 each made £3,000 a year before. Now 150 at £15 each makes £2,250 a
       year."
- table: line-items
  rules: {allocation.items.clubs.quantity: "8", allocation.items.clubs.for_each: null}
  kind: rules
  told:
    - "Clubs (sessions): there were 10 for each of 0 before. Now they count once."
    - "Clubs (sessions): 0 at £20 each made £0 a year before. Now 8 at £20 each makes £160 a year."
- table: line-items
  rules: {allocation.items.travel.code: taxis}
  kind: rules
  told:
    - "Travel (trips): 12 at £10 each made £120 a year before. Now this does not apply."
    - "Travel (trips): this did not apply before. Now 12 at £10 each makes £120 a year."
- table: composite
  rules: {allocation.how: max}
  kind: rules
  told:
    - "Added up, the parts came to £4,300 a year before. Now the most of the parts is £4,000 a year."
- table: composite
  rules: {allocation.parts.travel.code: distance, allocation.parts.distance.title: Distance}
  kind: rules
  told:
    - "The travel amount came to £300 a year before. Now there is no such part."
    - "Distance: this part is new. It comes to £300 a year."
- table: composite
  rules: {allocation.how: choose, allocation.parts.0.when: {circumstances: [{circumstance: area, is_one_of:
      [remote]}]}}
  kind: rules
  told:
    - "Added up, the parts came to £4,300 a year before. Now “The planning amount” is the part that fits:
       £4,000 a year."

# Under one policy: what stands around the table.
- policy: {domains.independence.no_need: No help needed}
  plan: {needs.independence.levels.short: no-need}
  kind: needs
  told:
    - "Independence skills: the answer was “Most of the day”, 16 points. Now it is “No help needed”, 0
       points."
- policy:
    questionnaires:
      - code: young
        title: the questions for under-fives
        when: {age: {before_age: 5}}
        domains: [independence, behaviour, relationships]
        source: section 2
      - code: others
        title: the questions from five
        domains: [independence, behaviour, relationships, education]
        source: section 2
  plan:
    born_on: "2023-06-14"
    needs.education.levels: {short: not-applicable, medium: not-applicable, long: not-applicable}
  kind: circumstances
  told:
    - "The questions asked were these before: the questions from five. Now they are these: the questions for
       under-fives."
- table: line-items
  mode: hours
  plan: {resources.0.contribution: much}
  kind: resources
  told:
    - "Independence skills: before, 50 hours counted as already there (family: some of it). Now 100 hours
       count (family: much of it)."
    - "Help at night (hours): 50 were already there before (family: some of it). Now 100 are already there
       (family: much of it)."
- table: line-items
  mode: hours
  plan: {resources.0.will_last: false}
  kind: resources
  told:
    - "Independence skills: before, 50 hours counted as already there (family: some of it). Now nothing
       counts."
    - "Help at night (hours): 50 were already there before (family: some of it). Now none are."
- table: line-items
  mode: hours
  plan: {resources.2.will_last: true}
  kind: resources
  told:
    - "Behaviour management: nothing counted as already there before. Now 50 hours count (family: some of
       it)."
- table: line-items
  mode: hours
  policy: {allocation.items.nights.less_present_in: behaviour}
  rules: {allocation.items.nights.less_present_in: independence}
  kind: rules
  told:
    - "Help at night (hours): now 50 are already there (family: some of it)."
    - "Help at night (hours): 200 at £15 each made £3,000 a year before. Now 150 at £15 each makes £2,250 a
       year."
- table: composite
  policy:
    allocation.parts.planning.allocation:
      variant: composite
      source: schedule B3
      how: max
      parts:
        - code: least
          title: The least
          allocation:
            variant: banded
            source: schedule B3
            bands: [{from_points: "0", amount_pence: 500_00}]
        - code: most
          title: The most
          allocation:
            variant: price-per-point
            source: schedule B3
            prices: [{title: All, price_pence: "10000"}]
  plan: {needs.independence.levels.short: regular}
  kind: needs
  told:
    - "The score was 31 points before, which gave £3,100 a year. Now it is 24 points, which gives £2,400 a
       year."
    - "The most came to £3,100 a year before. Now it comes to £2,400 a year."
    - "The most of the parts was £3,100 a year before. Now the most of the parts is £2,400 a year."
    - "The planning amount came to £3,100 a year before. Now it comes to £2,400 a year."
    - "Added up, the parts came to £3,400 a year before. Now, added up, the parts come to £2,700 a year."
- mode: carer-sum
  plan: {resources.0.contribution: much}
  kind: resources
  told:
    - "The separate sum for the carer was £250 a year before. Now it is £600 a year. It is no part of your
       child's amount."
- mode: carer-sum
  plan: {resources.0.will_last: false}
  kind: resources
  told:
    - "There was a separate sum for the carer before, £250 a year. Now there is none. It was no part of your
       child's amount."
- modifier: {kind: add-for-each, circumstance: disabled-siblings, amount_pence: 100_00}
  plan: {circumstances.1.count: 2}
  kind: circumstances
  told:
    - "Extra: before, £100 a year was added for each of 0. Now, £100 a year is added for each of 2."
- modifier: {kind: age-taper, factors: [{age: 10, factor: "1"}, {age: 14, factor: "0.8"}]}
  plan: {born_on: "2011-06-14"}
  kind: circumstances
  told:
    - "Extra: before, the amount was multiplied by a number between 1 and 0.8, as 15 of 48 months had
       passed. Now, the amount is multiplied by 0.8."
- modifier: {kind: add, amount_pence: 100_00, when: {score: {at_least: "30"}}}
  plan: {needs.independence.levels.short: regular}
  kind: circumstances
  told:
    - "Extra: before, £100 a year was added. Now this does not apply."
- policy:
    one_offs:
      - code: start
        title: Starting up
        because: you live far away
        when: {circumstances: [{circumstance: area, is_one_of: [remote]}]}
        amount_pence: 300_00
        source: section 4
  plan: {circumstances.0.choice: town}
  kind: circumstances
  told:
    - "Starting up: £300 was paid once before, beside the yearly amount. Now this does not apply."
- policy:
    bounds.hard_cap_pence: 4_000_00
    bounds.soft_cap_pence: 3_000_00
    bounds.groups:
      - title: Far away
        when: {circumstances: [{circumstance: area, is_one_of: [remote]}]}
        hard_cap_pence: 4_500_00
  plan: {circumstances.0.choice: town}
  kind: circumstances
  told:
    - "Before, the amount was cut to the highest one of the policy, £4,500 a year. Now it is cut to the
       highest one of the policy, £4,000 a year."
- policy: {bounds.floor_pence: 3_000_00}
  plan: {needs.independence.levels.short: regular}
  kind: needs
  told:
    - "Before, no lowest or highest amount changed it. Now it is raised to the lowest one of the policy,
       £3,000 a year."

# Another policy: what stands around the table.
- rules:
    questionnaires:
      - code: all
        title: the questions for everyone
        domains: [independence, behaviour, relationships, education]
        source: section 2
  kind: rules
  told:
    - "The policy had one set of questions before. Now these are asked: the questions for everyone."
- modifier: {kind: subtract, amount_pence: 50_00}
  rules: {modifiers.0.amount_pence: 40_00}
  kind: rules
  told:
    - "Extra: before, £50 a year was taken off. Now, £40 a year is taken off."
- modifier: {kind: subtract, amount_pence: 50_00}
  rules:
    modifiers:
      - kind: add-on-root-scale
        code: extra
        title: Extra
        because: it is so
        added: "2"
        source: section 4
  kind: rules
  told:
    - "Extra: before, £50 a year was taken off. Now, 2 is added to the square root of the amount."
- table: line-items
  policy: {allocation.items.nights.staff_hours: true}
  modifier: {kind: staff-ratio, ratio: "2"}
  rules: {modifiers.extra.ratio: "1.5"}
  kind: rules
  told:
    - "Extra: before, what pays for hours of staff was multiplied by 2. Now, what pays for hours of staff is
       multiplied by 1.5."
- modifier: {kind: add, amount_pence: 100_00}
  rules: {modifiers.0.code: more}
  kind: rules
  told:
    - "Extra: before, £100 a year was added. Now this does not apply."
    - "Extra: this did not apply before. Now £100 a year is added, because it is so."
- rules: {uprating: [{kind: percent, year: 2026, percent: "2", source: section 3}]}
  kind: rules
  told:
    - "From 2026/27, nothing was added before. Now 2% is added."
- policy: {uprating: [{kind: percent, year: 2026, percent: "2", source: section 3}]}
  rules: {uprating.0.percent: "1.5"}
  kind: rules
  told:
    - "From 2026/27, 2% was added before. Now 1.5% is added."
- policy: {uprating: [{kind: percent, year: 2026, percent: "2", source: section 3}]}
  rules: {uprating: [{kind: "none", year: 2026, source: section 3}]}
  kind: rules
  told:
    - "From 2026/27, 2% was added before. Now nothing is added."
- policy: {uprating: [{kind: flat, year: 2026, amount_pence: 20_00, source: section 3}]}
  rules: {uprating: [{kind: index, year: 2026, index_from: "100", index_to: "103", source: section 3}]}
  kind: rules
  told:
    - "From 2026/27, £20 a year was added before. Now the amount follows an index that goes from 100 to
       103."
- policy: {uprating: [{kind: index, year: 2026, index_from: "100", index_to: "103", source: section 3}]}
  rules: {uprating.0.index_to: "104"}
  kind: rules
  told:
    - "From 2026/27, the amount followed an index that went from 100 to 103. Now the amount follows an index
       that goes from 100 to 104."
- rules: {deflator: {title: Kept back, factor: "0.95", source: section 3}}
  kind: rules
  told:
    - "Kept back: this is new. Now the amount is multiplied by 0.95."
- policy: {deflator: {title: Kept back, factor: "0.95", source: section 3}}
  rules: {deflator.factor: "0.9"}
  kind: rules
  told:
    - "Kept back: the amount was multiplied by 0.95 before. Now it is multiplied by 0.9."
- policy: {deflator: {title: Kept back, factor: "0.95", source: section 3}}
  rules: {deflator: null}
  kind: rules
  told:
    - "Kept back: the amount was multiplied by 0.95 before. Now it is not."
- rules:
    one_offs:
      - code: start
        title: Starting up
        because: it is your first year
        amount_pence: 300_00
        source: section 4
  kind: rules
  told:
    - "Starting up: this did not apply before. Now £300 is paid once, beside the yearly amount, because it
       is your first year."
- policy:
    one_offs:
      - code: start
        title: Starting up
        because: it is your first year
        amount_pence: 300_00
        source: section 4
  rules: {one_offs.start.amount_pence: 200_00}
  kind: rules
  told:
    - "Starting up: £300 was paid once before, beside the yearly amount. Now £200 is paid once."
- rules: {rounding.stage: each-line}
  kind: rules
  told:
    - "The amount was rounded to a multiple of £1, to the nearest (a half goes up). Now each line of money
       is rounded to a multiple of £1, to the nearest (a half goes up)."
- policy: {rounding.stage: each-line}
  rules: {rounding.step_pence: 1}
  kind: rules
  told:
    - "Each line of money was rounded to a multiple of £1, to the nearest (a half goes up). Now each line of
       money is rounded to a multiple of £0.01, to the nearest (a half goes up)."
- policy: {money.period: week}
  rules: {money.weeks_per_year: "50"}
  kind: rules
  told:
    - "The amount was counted 52 times a year before. Now it is counted 50 times a year."
""")
"""What is told where a policy, made of the example by `table`, `mode`, `modifier` and `policy`, becomes
another by `rules`, or the example plan another by `plan`."""


def policy_of(case: dict[str, Any]) -> dict[str, Any]:
    """Changes to the example policy: its table, its mode of resources present, one modifier, and others."""
    changes: dict[str, Any] = {}
    table = case.get("table")
    mode = case.get("mode", "none" if table in WITHOUT_SCORE else None)
    if table is not None:
        changes["allocation"] = {"variant": table, "source": "schedule B", **TABLES[table]}
    if table == "rules":
        changes |= {"modifiers": [], "bounds": None}
    if mode is not None:
        changes["resources_present"] = {"mode": mode, "source": "section 3", "contributions": worth_in(mode)}
    if "modifier" in case:
        extra = {"code": "extra", "title": "Extra", "because": "it is so", "source": "section 4"}
        changes["modifiers"] = [{**extra, **case["modifier"]}]
    return {**changes, **case.get("policy", {})}


def worth_in(mode: str) -> list[dict[str, Any]]:
    """The contributions of the example policy with what they are worth in a mode."""
    known = policy_data()["resources_present"]["contributions"]
    return [
        {"code": each["code"], "title": each["title"], **worth}
        for each, worth in zip(known, WORTH[mode], strict=True)
    ]


def assessed(
    policy: dict[str, Any] | None = None, plan: dict[str, Any] | None = None, *, on: date = ON
) -> Assessment:
    """The example with changes."""
    return assess(
        read_plan(json.dumps(changed(plan_data(), plan or {}))),
        read_policy(json.dumps(changed(policy_data(), deepcopy(policy or {})))),
        effective_on=on,
    )


def both(case: dict[str, Any], *, on: date = ON) -> tuple[Assessment, Assessment]:
    """The old assessment and the new one of a case, or of a part of one."""
    policy = policy_of(case)
    return assessed(policy), assessed({**policy, **case.get("rules", {})}, case.get("plan"), on=on)


def told_of(case: dict[str, Any], *, on: date = ON) -> list[tuple[str, str]]:
    """What is told of a case."""
    return told(differences(*both(case, on=on)))


def told(found: tuple[Difference, ...]) -> list[tuple[str, str]]:
    """The kind and the sentence of each difference."""
    return [(each.kind.value, each.sentence) for each in found]


def at(assessment: Assessment, pointer: str) -> str:
    """All that stands at a pointer of an assessment, as a person reads it."""
    here: Any = assessment
    for part in pointer.strip("/").split("/"):
        here = here[int(part)] if part.isdigit() else getattr(here, part)
    if isinstance(here, Step):
        return " ".join([*(str(given) for given in here.inputs), str(here.result)])
    return f"{here.title} {here.version}"


def test_another_level_is_told_with_both_and_what_they_come_to() -> None:
    found = differences(assessed(), assessed(plan={"needs.independence.levels.short": "regular"}))

    assert told(found) == [
        (
            "needs",
            "Independence skills: the answer was “Most of the day”, 16 points. Now it is “Every day”, 9 "
            "points.",
        ),
        (
            "needs",
            "The score was 31 points before, which gave £4,275 a year. Now it is 24 points, which gives "
            "about £2,716.67 a year.",
        ),
        ("needs", "The indicative amount was £4,617 a year before. Now it is £2,934 a year."),
    ]
    assert found[0].old == found[0].new == ("/working/0",)


def test_another_table_is_told_with_the_score_and_both_amounts() -> None:
    found = differences(
        assessed(), assessed({"version": "2026.2", "allocation.knots.2.amount_pence": 2_600_00})
    )

    assert told(found) == [
        (
            "rules",
            "The rules changed. Before: Children's Resource Allocation System, version 2026.1. Now: "
            "Children's Resource Allocation System, version 2026.2.",
        ),
        ("rules", "For 31 points the table gave £4,275 a year before. Now it gives £4,100 a year."),
        ("rules", "The indicative amount was £4,617 a year before. Now it is £4,428 a year."),
    ]


def test_where_needs_and_table_changed_both_are_told() -> None:
    found = differences(
        assessed(),
        assessed(
            {"version": "2026.2", "allocation.knots.2.amount_pence": 2_600_00},
            {"needs.independence.levels.short": "constant"},
        ),
    )

    assert (
        "rules",
        "For 25 points the table gave £2,850 a year before. Now it gives £2,600 a year.",
    ) in told(found)


def test_another_part_of_the_plan_is_told_first() -> None:
    found = differences(assessed(), assessed(on=LATER))

    assert told(found)[0] == (
        "horizon",
        "The amount before was for the first six months. The new amount is for the next six months.",
    )
    assert found == differences(assessed(), assessed(), horizons=(Horizon.SHORT, Horizon.MEDIUM))


def test_what_is_bought_once_is_no_yearly_difference() -> None:
    assert differences(assessed(), assessed(plan={"lines.3.quoted_price_pence": 900_00})) == ()


def test_where_nothing_changed_the_written_reasons_have_to_say_why() -> None:
    (only,) = explained(assessed(), assessed())

    assert only.kind is DifferenceKind.DECISION
    assert only.sentence.startswith("Nothing in how the amount was worked out has changed.")


def test_where_the_changes_go_the_other_way_the_written_reasons_have_to_say_why() -> None:
    *changes, last = explained(assessed(), assessed(plan={"needs.independence.levels.short": "constant"}))

    assert changes
    assert last.kind is DifferenceKind.DECISION
    assert last.sentence.startswith("These changes alone do not make the amount lower.")


def test_where_the_amount_or_the_plan_is_lower_the_changes_say_why() -> None:
    for plan in ({"needs.independence.levels.short": "regular"}, {"lines.2.quantity": "2"}):
        found = explained(assessed(), assessed(plan=plan))
        assert DifferenceKind.DECISION not in {each.kind for each in found}


def test_where_an_amount_rests_on_no_assessment_nothing_is_compared() -> None:
    for old, new in ((None, assessed()), (assessed(), None)):
        (only,) = explained(old, new)
        assert only.kind is DifferenceKind.DECISION


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["told"][0])
def test_each_thing_that_changed_is_told(case: dict[str, Any]) -> None:
    found = [sentence for kind, sentence in told_of(case) if kind == case["kind"]]

    assert [sentence for sentence in found if sentence in case["told"]] == case["told"]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["told"][0])
def test_what_changes_back_is_told_as_well(case: dict[str, Any]) -> None:
    old, new = both(case)

    refuse_invented(new, old)
    assert len(differences(new, old)) == len(differences(old, new))


def test_the_part_that_fits_is_told_with_what_made_it_another_amount() -> None:
    far_away = {"circumstances": [{"circumstance": "area", "is_one_of": ["remote"]}]}
    chosen = {
        "table": "composite",
        "policy": {"allocation.how": "choose", "allocation.parts.planning.when": far_away},
    }

    assert told_of({**chosen, "plan": {"needs.independence.levels.short": "regular"}})[1:3] == [
        (
            "needs",
            "The score was 31 points before, which gave £4,000 a year. Now it is 24 points, which gives "
            "£1,000 a year.",
        ),
        (
            "needs",
            "“The planning amount” was the part that fitted before: £4,000 a year. Now “The planning "
            "amount” is the part that fits: £1,000 a year.",
        ),
    ]
    assert (
        "circumstances",
        "“The planning amount” was the part that fitted before: £4,000 a year. Now “The travel amount” is "
        "the part that fits: £100 a year.",
    ) in told_of({**chosen, "plan": {"circumstances.0.choice": "town"}})


def test_two_policies_of_different_kinds_are_told_each_in_its_own_words() -> None:
    by_score, by_level = assessed(), assessed(policy_of({"table": "level-table"}))

    assert told(differences(by_score, by_level))[1:] == [
        ("rules", "Points were added up before. Now the answers themselves are looked up."),
        (
            "rules",
            "Independence skills: what was already there (family: some of it) took off 3 points. Now nothing "
            "is taken off.",
        ),
        (
            "rules",
            "Good relationships with family and community: what was already there (community: a little) "
            "took off 1 point. Now nothing is taken off.",
        ),
        ("rules", "A score of 31 points gave £4,275 a year before. Now “High” is worth £3,000 a year."),
        ("rules", "The indicative amount was £4,617 a year before. Now it is £3,240 a year."),
    ]
    assert [sentence for _, sentence in told(differences(by_level, by_score))][1:5:3] == [
        "The answers themselves were looked up before. Now points are added up.",
        "“High” was worth £3,000 a year before. Now a score of 31 points gives £4,275 a year.",
    ]


def test_where_rules_give_no_amount_any_more_that_is_told() -> None:
    assert (
        "rules",
        "“High” was worth £3,000 a year before. Now the rules give a level and no amount.",
    ) in told(differences(*(assessed(policy_of({"table": table})) for table in ("level-table", "rules"))))


def test_a_separate_sum_for_the_carer_that_is_new_is_told() -> None:
    assert told(differences(assessed(), assessed(policy_of({"mode": "carer-sum"}))))[-1] == (
        "rules",
        "There was no separate sum for the carer before. Now there is one of £250 a year. It is no part of "
        "your child's amount.",
    )


def test_a_further_year_of_uprating_under_one_policy_is_told_as_prices() -> None:
    rises = [
        {"kind": "percent", "year": year, "percent": percent, "source": "section 3"}
        for year, percent in ((2026, "2"), (2027, "3"))
    ]

    assert ("prices", "From 2027/28, nothing was added before. Now 3% is added.") in told_of(
        {"policy": {"uprating": rises}}, on=LATER
    )


def test_a_sum_beside_the_amount_is_told_and_does_not_make_it_lower() -> None:
    once = {"code": "start", "title": "Starting up", "because": "you live far away", "source": "section 4"}
    far_away = {"circumstances": [{"circumstance": "area", "is_one_of": ["remote"]}]}
    policy = {"modifiers": [], "one_offs": [{**once, "amount_pence": 300_00, "when": far_away}]}

    beside, last = explained(assessed(policy), assessed(policy, {"circumstances.0.choice": "town"}))

    assert beside.sentence == (
        "Starting up: £300 was paid once before, beside the yearly amount. Now this does not apply."
    )
    assert last.kind is DifferenceKind.DECISION


def test_every_kind_of_step_that_can_make_an_amount_another_is_told() -> None:
    told_kinds = {
        *(*score.ANSWERS, *score.ADDED_UP, *score.PRESENT, *allocation.AMOUNTS, *allocation.DETAILS),
        *(*modifier.DOES, *amount.UPRATING, *amount.BOUNDS, *amount.ROUNDING),
        *("score.questionnaire", "deflator", "one-off", "resources.carer-sum"),
    }
    silent = {
        *(*CHANGES_NOTHING, *allocation.DERIVED),
        *("resources.none", "resources.in-descriptors", "resources.not-counted", "resources.carer"),
        *("resources.total", "rounding.each-line", "range.from", "range.to", "result"),
    }

    assert {kind for kind in SENTENCES if not kind.startswith("cost.")} == told_kinds | silent
    assert told_kinds & silent == set()


@given(some.cases())
def test_an_assessment_does_not_differ_from_itself(case: Case) -> None:
    assert differences(case.assess(), case.assess()) == ()


FIXED = frozenset(
    word
    for path in Path(amount.__file__).parent.glob("*.py")
    for word in WORD.findall(path.read_text("utf-8"))
)
"""The words of the sentences themselves."""


def refuse_invented(old: Assessment, new: Assessment, *horizons: Horizon) -> None:
    """Every number and every name of every sentence stands in a step that it points at."""
    chosen = (horizons[0], horizons[1]) if horizons else None
    for each in explained(old, new, horizons=chosen):
        known = " ".join([*(at(old, place) for place in each.old), *(at(new, place) for place in each.new)])
        numbers = set(NUMBER.findall(each.sentence)) - set(NUMBER.findall(known))
        names = set(WORD.findall(each.sentence)) - set(WORD.findall(known)) - FIXED
        assert (numbers, names) == (set(), set()), each


def refuse_unexplained(old: Assessment, new: Assessment) -> None:
    """Another amount or another cost is told, and so is something in the working that made it another."""
    found = {each: [*each.old, *each.new] for each in differences(old, new)}
    total = [each for each in found if each.sentence.startswith("The indicative amount was ")]
    in_working = [each for each, places in found.items() if "/working/" in places[0][:9]]
    in_cost = [each for each in found if each.sentence.startswith("The support in the plan cost ")]

    assert len(differences(new, old)) == len(found)
    assert len(total) == (old.indicative_annual_pence != new.indicative_annual_pence)
    assert len(in_cost) == (old.plan_cost_annual_pence != new.plan_cost_annual_pence)
    if total:
        assert set(in_working) > set(total), total


@given(some.cases(), some.cases())
def test_two_policies_of_any_kinds_are_compared(one: Case, other: Case) -> None:
    old, new = one.assess(), other.assess()

    refuse_invented(old, new)
    refuse_unexplained(old, new)
    if {each.horizon for each in old.horizons} == {each.horizon for each in new.horizons}:
        refuse_invented(old, new, old.horizons[0].horizon, new.horizons[-1].horizon)


@given(st.data())
def test_two_plans_under_one_policy_are_compared(data: st.DataObject) -> None:
    case = data.draw(some.cases())
    other_facts = some.cases_of(case.policy, case.document)
    other = data.draw(st.one_of(some.with_more_need(case), some.with_more_present(case), other_facts))

    refuse_invented(case.assess(), other.assess())
    refuse_unexplained(case.assess(), other.assess())


@given(st.data())
def test_whatever_makes_the_amount_another_is_told(data: st.DataObject) -> None:
    """An amount is never another without a sentence: here with more need, or more that is already there."""
    case = data.draw(some.cases())
    more = data.draw(st.one_of(some.with_more_need(case), some.with_more_present(case)))
    old, new = case.assess(), more.assess()

    if old.indicative_annual_pence != new.indicative_annual_pence:
        assert {each.kind for each in differences(old, new)} & {
            DifferenceKind.NEEDS,
            DifferenceKind.RESOURCES,
        }
