/** What answers a route, typed by the contract: a route without a handler, or a handler without a route, does not compile. */
import type { apiRoutes, RouteArea, RouteName } from "@mycroft/protocol";
import type { FastifyReply, FastifyRequest } from "fastify";
import type { z } from "zod";
import type { Caller } from "../access/caller.ts";

type Contract = typeof apiRoutes;

type Part<Name extends RouteName, Key extends string> = Contract[Name] extends {
  readonly [K in Key]: infer Schema extends z.ZodType;
}
  ? z.output<Schema>
  : undefined;

/** A request whose parts have been checked against the route's schemas. */
export interface Call<Name extends RouteName> {
  readonly params: Part<Name, "params">;
  readonly query: Part<Name, "query">;
  readonly body: Part<Name, "body">;
  readonly caller: Caller;
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
}

/** What a schema's values may be given as: a list may be one that must not be changed. */
type Given<Value> = Value extends readonly (infer Item)[]
  ? readonly Given<Item>[]
  : Value extends object
    ? { readonly [Key in keyof Value]: Given<Value[Key]> }
    : Value;

export type Answer<Name extends RouteName> = Contract[Name] extends { readonly streams: true }
  ? undefined
  : Given<z.output<Contract[Name]["response"]>>;

export type Handler<Name extends RouteName> = (call: Call<Name>) => Promise<Answer<Name>>;

type NameIn<Area extends RouteArea> = {
  [Name in RouteName]: Contract[Name]["area"] extends Area ? Name : never;
}[RouteName];

/** The handlers of one or more areas. */
export type Handlers<Area extends RouteArea = RouteArea> = {
  readonly [Name in NameIn<Area>]: Handler<Name>;
};
