import type { CodegenConfig } from "@graphql-codegen/cli";

const contract = process.env.HUB_SCHEMA ?? "../../hub/schema/schema.graphql";
const operations = process.env.HUB_OPERATIONS ?? "../../hub/schema/examples/*.graphql";

const config: CodegenConfig = {
  schema: contract,
  documents: operations,
  generates: {
    "./generated/": {
      preset: "client",
      presetConfig: { fragmentMasking: false },
      config: {
        avoidOptionals: { field: true }, // the hub answers every field that was asked for, with null where it has nothing
        documentMode: "string", // a document is its text: nothing of GraphQL goes to the browser
        enumsAsTypes: true,
        futureProofEnums: true, // enums grow; the compiler asks for a default branch
        importExtension: ".js",
        skipTypename: true,
        strictScalars: true, // a scalar that is not named below stops the generator
        useTypeImports: true,
        scalars: {
          Cursor: "../scalars.js#Cursor",
          Date: "../scalars.js#CalendarDate",
          DateTime: "../scalars.js#Moment",
          Decimal: "../scalars.js#Decimal",
          KkNumber: "../scalars.js#KkNumber",
          MaskedNumber: "../scalars.js#MaskedNumber",
          Nik: "../scalars.js#Nik",
          RegionCode: "../scalars.js#RegionCode",
          Rupiah: "../scalars.js#Rupiah",
          TimeOfDay: "../scalars.js#TimeOfDay",
        },
      },
    },
  },
};

export default config;
