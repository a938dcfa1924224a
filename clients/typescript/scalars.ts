/** What the hub's scalars are in TypeScript. All of them travel as text. */

/** Place in a connection; send it back as it came. */
export type Cursor = string;

/** YYYY-MM-DD. Not a JavaScript Date, which would bring a time and a zone into it. */
export type CalendarDate = string;

/** RFC 3339 in UTC with microseconds, of which a JavaScript Date keeps the milliseconds. */
export type Moment = string;

/** A number of which a JavaScript number might lose digits. */
export type Decimal = string;

/** Whole rupiah; `BigInt(amount)` to reckon with it. */
export type Rupiah = string;

/** HH:MM in the kecamatan's own zone. */
export type TimeOfDay = string;

/** Dotted code of a region, such as 63.01.01.2004. */
export type RegionCode = string;

/** 16 digits; only ever sent, never answered. */
export type Nik = string;

/** 16 digits; only ever sent, never answered. */
export type KkNumber = string;

/** A number of which four digits are shown. */
export type MaskedNumber = string;
